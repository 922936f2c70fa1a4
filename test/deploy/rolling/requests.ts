// Clients that ask without a pause, over connections that they keep, and are as patient as any is: what was refused or cut
// off before a byte of its answer came is asked again, since it changes nothing twice. All else is lost.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../../support/running-app.js';

export interface Traffic {
  /** Answered, and well. */
  answered: number;
  /** Asked again because the connection was refused or cut off before a byte of an answer. */
  retried: number;
  /** What a client that behaves could not have got over: why. */
  lost: string[];
  /** Keys of the payouts that were asked for and promised. */
  keys: string[];
  /** No new requests; resolves when those under way are answered. */
  stop(): Promise<void>;
}

export interface TrafficOptions {
  url: string;
  token: string;
  /** Global ids of those who are paid. */
  creators: readonly string[];
  /** Clients that read, and clients that write. */
  readers: number;
  writers: number;
  /** Milliseconds between two requests of one client. */
  pauseMs: number;
}

const QUERY = '{ payouts(first: 5) { totalCount nodes { id status amountCents } } }';
const CREATE = `mutation ($input: CreatePayoutInput!) { createPayout(input: $input) { __typename } }`;

export function startTraffic(options: TrafficOptions): Traffic {
  const agent = new http.Agent({ keepAlive: true, maxSockets: options.readers + options.writers });
  let stopped = false;
  const traffic: Traffic = { answered: 0, retried: 0, lost: [], keys: [], stop };
  const clients = [
    ...Array.from({ length: options.readers }, () => repeat(read)),
    ...Array.from({ length: options.writers }, () => repeat(write)),
  ];

  async function repeat(once: () => Promise<void>): Promise<void> {
    while (!stopped) {
      await once().catch((error: Error) => traffic.lost.push(error.message));
      await sleep(options.pauseMs);
    }
  }

  async function read(): Promise<void> {
    const { data } = await ask({ query: QUERY });
    if (data.payouts.nodes === undefined) throw new Error('an answer without payouts');
    traffic.answered++;
  }

  async function write(): Promise<void> {
    const creatorId = options.creators[traffic.keys.length % options.creators.length];
    const idempotencyKey = randomUUID();
    const { data } = await ask({
      query: CREATE,
      variables: { input: { creatorId, amountCents: 500, idempotencyKey } },
    });
    if (data.createPayout.__typename !== 'CreatePayoutPayload') throw new Error(JSON.stringify(data));
    traffic.answered++;
    traffic.keys.push(idempotencyKey);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what comes back is looked at by who asked
  async function ask(operation: Operation): Promise<any> {
    for (let tries = 1; ; tries++) {
      const answer = await send(agent, options, operation);
      if (answer !== 'unanswered') return answer;
      if (tries === MOST_TRIES) throw new Error('nobody answers');
      traffic.retried++;
      await sleep(RETRY_MS);
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    await Promise.all(clients);
    agent.destroy();
  }
  return traffic;
}

const MOST_TRIES = 20;
const RETRY_MS = 50;

/** @throws where an answer began and was no whole and good one */
function send(
  agent: http.Agent,
  { url, token }: Pick<TrafficOptions, 'url' | 'token'>,
  operation: Operation,
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is looked at by who asked
): Promise<any> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      read(response).then((text) => resolve(bodyOf(response.statusCode, text)), reject);
    });
    let began = false;
    request.once('response', () => {
      began = true;
    });
    request.once('error', (error) => (began ? reject(error) : resolve('unanswered')));
    request.end(JSON.stringify(operation));
  });
}

async function read(response: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
}

// biome-ignore lint/suspicious/noExplicitAny: what comes back is looked at by who asked
function bodyOf(status: number | undefined, text: string): any {
  const body = JSON.parse(text);
  if (status !== 200 || body.errors) throw new Error(`${status} ${text}`);
  return body;
}
