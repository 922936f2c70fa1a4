// Loads the servers in turn, some seconds each, so that whatever else the machine does hits all of them alike.
import autocannon from 'autocannon';
import type { Ask } from './lists.js';
import type { Server } from './servers.js';

export const CONNECTIONS = 32;

export interface Contender {
  name: string;
  server: Server;
  ask: Ask;
  /** Goes on beside the load of each of its turns. @returns what ends it */
  beside?(): () => void;
}

/** What a server did in one turn. */
export interface Turn {
  requestsPerSecond: number;
  /** Of the whole server process, for each request. */
  cpuMs: number;
  p50Ms: number;
  p99Ms: number;
}

export interface Plan {
  rounds: number;
  /** Of each turn. */
  seconds: number;
}

/** The turns of each contender, by name; a first turn of each is thrown away. */
export async function loadInTurn(contenders: readonly Contender[], plan: Plan): Promise<Map<string, Turn[]>> {
  const turns = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await takeTurn(contender, plan.seconds);
  for (let round = 0; round < plan.rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) turns.get(contender.name)?.push(await takeTurn(contender, plan.seconds));
  }
  return turns;
}

/** @throws when a single request fails */
async function takeTurn({ server, ask, beside }: Contender, seconds: number): Promise<Turn> {
  const { path, ...request } = ask;
  const stop = beside?.();
  const before = await server.cpuMs();
  const load = { ...request, url: `${server.url}${path}`, connections: CONNECTIONS, duration: seconds };
  const { requests, latency, errors, non2xx, duration } = await autocannon(load);
  const cpuMs = (await server.cpuMs()) - before;
  stop?.();
  if (errors + non2xx > 0) throw new Error(`${errors} requests failed, ${non2xx} were refused`);
  return {
    requestsPerSecond: requests.total / duration,
    cpuMs: cpuMs / requests.total,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
  };
}
