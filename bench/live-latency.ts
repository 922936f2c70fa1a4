// How long a change takes from its commit to a subscriber of another instance that has nothing else to do.
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { creatorOf } from './fill.js';
import { graphql } from './lists.js';
import type { LiveWorld } from './live-world.js';
import { printTable } from './report.js';
import { type Server, startProduct } from './servers.js';
import { quantile } from './statistics.js';
import { authorizationOf } from './token.js';

const LATENCIES = 300;

/** A payout is made through one instance, and heard of at another, that has nothing else to do. */
export async function measureLatency({ settings, stage, product }: LiveWorld): Promise<void> {
  const other = await stage.start(startProduct(settings));
  const authorization = await authorizationOf({ role: 'ADMIN', sub: 'latency' }, stage.jwtSecret);
  const client = createClient({
    url: `${other.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
  });
  const heard = client.iterate<{ payoutStatusChanged: { occurredAt: string } }>({
    query: 'subscription { payoutStatusChanged { occurredAt } }',
  });
  const fromChange: number[] = [];
  const fromAnswer: number[] = [];
  for (let i = 0; i < LATENCIES; i += 1) {
    const next = heard.next().then(({ value }) => ({ at: Date.now(), value }));
    if (i === 0) await sleep(1_000);
    const answered = create(product, authorization, i);
    const [{ at, value }, answeredAt] = await Promise.all([next, answered]);
    fromChange.push(at - Date.parse(value.data.payoutStatusChanged.occurredAt));
    fromAnswer.push(at - answeredAt);
    await sleep(10);
  }
  await client.dispose();
  const row = (name: string, times: number[]) => [
    name,
    ...[0.5, 0.99].map((q) => quantile(times, q).toFixed(0)),
  ];
  printTable('created at one instance, heard at another through Redis, nothing else to do', [
    ['', 'p50 ms', 'p99 ms'],
    row('from the change (its own time, before the commit)', fromChange),
    row('from the answer to who made it (after the commit)', fromAnswer),
  ]);
}

/** @returns when it was answered (milliseconds since 1970) */
async function create(server: Server, authorization: string, n: number): Promise<number> {
  const query = `mutation ($input: CreatePayoutInput!) { createPayout(input: $input) { __typename } }`;
  const creatorId = Buffer.from(`Creator:${creatorOf(1)}`).toString('base64');
  const input = { creatorId, amountCents: 500, idempotencyKey: `latency-${n}` };
  const { path, ...request } = graphql(authorization, query, { input });
  const response = await fetch(`${server.url}${path}`, request);
  const at = Date.now();
  const { data } = (await response.json()) as { data: { createPayout: { __typename: string } } };
  if (data.createPayout.__typename !== 'CreatePayoutPayload') throw new Error(data.createPayout.__typename);
  return at;
}
