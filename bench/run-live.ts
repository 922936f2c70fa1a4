// `npm run bench -- live`: one change to N subscribers, against a bare `ws` server that sends the same bytes to as many; what
// an idle subscription takes of memory; many creators against few; and how long a change takes from its commit to a
// subscriber of another instance.
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import pg from 'pg';
import { WebSocket } from 'ws';
import { createWakeup, type Wakeup } from '../src/live/wakeup.js';
import { createLogger } from '../src/observability/logger.js';
import { insertPayouts } from '../src/payouts/apply.js';
import type { Viewer } from '../src/payouts/viewer.js';
import { startOwnRedis } from '../test/support/redis.js';
import { type Clients, type Greetings, startClients } from './clients.js';
import { creatorOf } from './fill.js';
import { graphql } from './lists.js';
import type { Plan } from './load.js';
import { printTable } from './report.js';
import { type Server, type ServerSettings, startLiveFloor, startProduct } from './servers.js';
import { onStage, type Stage } from './stage.js';
import { median, medianRatio, quantile } from './statistics.js';
import { authorizationOf } from './token.js';

export interface LiveOptions extends Plan {
  subscribers: readonly number[];
}

const WATCH = `subscription Watch { payoutStatusChanged {
  cursor status previousStatus occurredAt
  payout { id amountCents currency status createdAt }
} }`;

/** Changes of one turn for each number of subscribers: some 100,000 messages. */
const messagesOf = (subscribers: number) => Math.min(1_000, Math.max(20, Math.round(100_000 / subscribers)));

interface World {
  product: Server;
  settings: ServerSettings;
  db: pg.Pool;
  wakeup: Wakeup;
  clients: Clients;
  stage: Stage;
}

export function runLive(options: LiveOptions): Promise<void> {
  return onStage(async (stage) => {
    const redis = await startOwnRedis();
    const settings = { ...(await stage.database(10_000)), redisUrl: redis.url };
    const product = await stage.start(startProduct(settings));
    const floor = await stage.start(startLiveFloor());
    const db = new pg.Pool({ connectionString: settings.databaseUrl, max: 2 });
    const wakeup = createWakeup(redis.url, createLogger('silent'));
    const clients = await startClients();
    const world = { product, settings, db, wakeup, clients, stage };
    try {
      for (const n of options.subscribers) await compareFanOut(world, floor, n, options.rounds);
      await compareCreators(world, options.rounds);
      await measureLatency(world);
    } finally {
      clients.end();
      await wakeup.close();
      await db.end();
      await redis.stop();
    }
  });
}

/** What one turn took: until the last subscriber had the last message. */
interface Turn {
  perSecond: number;
  cpuUs: number;
  bytes: number;
}

async function compareFanOut(
  world: World,
  floor: Server,
  subscribers: number,
  rounds: number,
): Promise<void> {
  const { product, clients, stage } = world;
  const before = await product.memoryBytes();
  const token = await authorizationOf({ role: 'ADMIN', sub: 'bench' }, stage.jwtSecret);
  const greetings = Array.from({ length: subscribers }, (_, n) => greetingOf(token, n));
  const ours: Turn[] = [];
  const theirs: Turn[] = [];
  await subscribe(clients, product, greetings);
  const idle = ((await product.memoryBytes()) - before) / subscribers;
  for (let round = 0; round <= rounds; round += 1) ours.push(await publish(world, subscribers));
  await clients.close();
  await clients.open(
    floor.url,
    '/',
    Array.from({ length: subscribers }, () => []),
  );
  const bytes = ours.at(-1)?.bytes ?? 0;
  for (let round = 0; round <= rounds; round += 1)
    theirs.push(await broadcast(floor, clients, subscribers, bytes));
  await clients.close();
  printFanOut(subscribers, ours.slice(1), theirs.slice(1), idle);
}

const greetingOf = (authorization: string, n: number): string[] => [
  JSON.stringify({ type: 'connection_init', payload: { authorization } }),
  JSON.stringify({ id: `subscription-${n}`, type: 'subscribe', payload: { query: WATCH } }),
];

async function subscribe(clients: Clients, product: Server, greetings: Greetings): Promise<void> {
  await clients.open(product.url, '/graphql', greetings);
  // The last ones have asked, and are not told when they are heard.
  await sleep(1_000);
}

/** Changes that are committed at once, as a bulk of payouts is. */
async function publish(world: World, subscribers: number): Promise<Turn> {
  const count = messagesOf(subscribers);
  const makePayouts = () =>
    insert(
      world,
      Array.from({ length: count }, () => creatorOf(1)),
    );
  return measure(world.product, world.clients, count * subscribers, makePayouts);
}

async function broadcast(floor: Server, clients: Clients, subscribers: number, bytes: number): Promise<Turn> {
  const count = messagesOf(subscribers);
  return measure(floor, clients, count * subscribers, async () => {
    floor.tell({ broadcast: { count, bytes } });
    return Date.now();
  });
}

async function measure(
  server: Server,
  clients: Clients,
  messages: number,
  /** @returns when it was done (milliseconds since 1970): what comes after is what is measured */
  begin: () => Promise<number>,
): Promise<Turn> {
  const { done } = await clients.expect(messages);
  const cpu = await server.cpuMs();
  const start = await begin();
  const { at, bytes } = await done;
  const seconds = (at - start) / 1_000;
  return { perSecond: messages / seconds, cpuUs: (((await server.cpuMs()) - cpu) * 1_000) / messages, bytes };
}

/** @returns when it was committed */
async function insert({ db, wakeup }: World, creatorIds: readonly string[]): Promise<number> {
  const payouts = creatorIds.map((creatorId) => ({
    id: `b${Math.random().toString(36).slice(2)}${Date.now().toString(36)}`,
    creatorId,
    royaltyStatementId: null,
    amountCents: 500,
    currency: 'usd',
  }));
  await insertPayouts(db, payouts, { name: 'the benchmark' });
  wakeup.send();
  return Date.now();
}

function printFanOut(subscribers: number, ours: Turn[], theirs: Turn[], idle: number): void {
  const row = (name: string, turns: Turn[]) => [
    name,
    median(turns.map((turn) => turn.perSecond)).toFixed(0),
    median(turns.map((turn) => turn.cpuUs)).toFixed(1),
  ];
  const ratioOf = (of: (turn: Turn) => number) => medianRatio(ours.map(of), theirs.map(of)).toFixed(2);
  printTable(`${subscribers.toLocaleString('en')} subscribers, messages of ${ours[0]?.bytes} bytes`, [
    ['', 'messages/s', 'CPU us/message'],
    row('bare ws broadcast', theirs),
    row('product', ours),
    ['product / bare ws', ratioOf((turn) => turn.perSecond), ratioOf((turn) => turn.cpuUs)],
  ]);
  console.log(`  an idle subscription with its socket: ${(idle / 1024).toFixed(1)} kB`);
}

/** So many events, each for one of them: what those who hear nothing cost those who do. */
const EVENTS = 2_000;

async function compareCreators(world: World, rounds: number): Promise<void> {
  const rates = new Map<number, number[]>();
  for (const creators of [100, 5_000]) {
    const greetings = await Promise.all(
      Array.from({ length: creators }, async (_, n) => greetingOf(await tokenOf(world.stage, n + 1), n)),
    );
    await subscribe(world.clients, world.product, greetings);
    const turns: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const whose = Array.from({ length: EVENTS }, (_, n) => creatorOf(1 + ((n * 7) % creators)));
      const turn = await measure(world.product, world.clients, EVENTS, () => insert(world, whose));
      if (round > 0) turns.push(turn.perSecond);
    }
    rates.set(creators, turns);
    await world.clients.close();
  }
  const [few = [], many = []] = [...rates.values()];
  printTable('changes of payouts to their creators, each heard by one', [
    ['', 'changes/s'],
    ['100 creators listen', median(few).toFixed(0)],
    ['5,000 creators listen', median(many).toFixed(0)],
    ['5,000 / 100', medianRatio(many, few).toFixed(2)],
  ]);
}

function tokenOf({ jwtSecret }: Stage, n: number): Promise<string> {
  const viewer: Viewer = { role: 'CREATOR', sub: `creator-${n}`, creatorId: creatorOf(n) };
  return authorizationOf(viewer, jwtSecret);
}

const LATENCIES = 300;

/** A payout is made through one instance, and heard of at another, that has nothing else to do. */
async function measureLatency({ settings, stage, product }: World): Promise<void> {
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
