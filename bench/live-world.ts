// What all measurements of live updates stand on: the product with its Redis, the floor, subscribers of both, and a way to
// make changes.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Viewer } from '../src/payouts/viewer.js';
import { startOwnRedis } from '../test/support/redis.js';
import { type Changes, openChanges } from './changes.js';
import { type Clients, startClients } from './clients.js';
import { type Server, type ServerSettings, startLiveFloor, startProduct } from './servers.js';
import type { Stage } from './stage.js';
import { authorizationOf } from './token.js';

export interface LiveWorld {
  stage: Stage;
  settings: ServerSettings;
  product: Server;
  floor: Server;
  changes: Changes;
  subscribers: Clients;
  floorSubscribers: Clients;
  close(): Promise<void>;
}

const ROWS = 10_000;

export async function openLiveWorld(stage: Stage): Promise<LiveWorld> {
  const redis = await startOwnRedis();
  const settings = { ...(await stage.database(ROWS)), redisUrl: redis.url };
  const changes = await openChanges(settings.databaseUrl, redis.url);
  const product = await stage.start(startProduct(settings));
  const floor = await stage.start(startLiveFloor());
  const [subscribers, floorSubscribers] = await Promise.all([startClients(), startClients()]);
  const close = async () => {
    subscribers.end();
    floorSubscribers.end();
    await changes.close();
    await redis.stop();
  };
  return { stage, settings, product, floor, changes, subscribers, floorSubscribers, close };
}

const WATCH = `subscription Watch { payoutStatusChanged {
  cursor status previousStatus occurredAt
  payout { id amountCents currency status createdAt }
} }`;

/** Opens a socket for each, which subscribes to all that its viewer may see. */
export async function subscribe(
  { stage, product, subscribers }: LiveWorld,
  viewers: readonly Viewer[],
): Promise<void> {
  const tokens = new Map<Viewer, string>();
  for (const viewer of new Set(viewers)) tokens.set(viewer, await authorizationOf(viewer, stage.jwtSecret));
  const greetings = viewers.map((viewer, n) => [
    JSON.stringify({ type: 'connection_init', payload: { authorization: tokens.get(viewer) } }),
    JSON.stringify({ id: `subscription-${n}`, type: 'subscribe', payload: { query: WATCH } }),
  ]);
  await subscribers.open(product.url, '/graphql', greetings);
  // The last ones have asked, and are not told when they are heard.
  await sleep(1_000);
}

/** What one turn took: until the last subscriber had the last message. */
export interface LiveTurn {
  perSecond: number;
  /** Microseconds of the server's CPU for each message. */
  cpuUs: number;
  bytes: number;
}

export interface Steps {
  /** In each step, heard by all together. */
  messages: number;
  /** One after the other: each begins when the one before was heard by all. */
  steps: number;
  /** @returns what begins the step that was prepared, and says when (milliseconds since 1970) */
  prepare(): Promise<() => Promise<number>>;
}

export async function measure(
  server: Server,
  clients: Clients,
  { messages, steps, prepare }: Steps,
): Promise<LiveTurn> {
  let [ms, cpuMs, bytes] = [0, 0, 0];
  for (let step = 0; step < steps; step += 1) {
    const begin = await prepare();
    const { done } = await clients.expect(messages);
    const cpuBefore = await server.cpuMs();
    const [heard, start] = await Promise.all([done, begin()]);
    ms += heard.at - start;
    cpuMs += (await server.cpuMs()) - cpuBefore;
    bytes = heard.bytes;
  }
  const all = messages * steps;
  return { perSecond: (all / ms) * 1_000, cpuUs: (cpuMs * 1_000) / all, bytes };
}
