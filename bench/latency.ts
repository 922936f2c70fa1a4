// How long single requests take, one after the other: what depth and counting cost is in the database, not in the load.
import { type Ask, ask } from './lists.js';
import type { Server } from './servers.js';
import { median } from './statistics.js';

const REQUESTS = 200;
const WARM_UP = 30;

/** The median time of each request in milliseconds, asked in turn. */
export async function timesOf<Name extends string>(
  server: Server,
  asks: Record<Name, Ask>,
): Promise<Record<Name, number>> {
  const names = Object.keys(asks) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let i = 0; i < WARM_UP + REQUESTS; i += 1) {
    for (const name of names) {
      const took = await timed(() => ask(server, asks[name]));
      if (i >= WARM_UP) times.get(name)?.push(took);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
