// What a socket with one subscription holds of the server's memory while nothing happens.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Viewer } from '../src/payouts/viewer.js';
import { creatorOf } from './fill.js';
import { type LiveWorld, subscribe } from './live-world.js';
import { printTable } from './report.js';

const SOCKETS = 2_000;

export async function measureMemory(world: LiveWorld): Promise<void> {
  const admins = Array.from({ length: SOCKETS }, (): Viewer => ({ role: 'ADMIN', sub: 'bench' }));
  const creators = admins.map(
    (_, n): Viewer => ({
      role: 'CREATOR',
      sub: `creator-${n}`,
      creatorId: creatorOf(1 + n),
    }),
  );
  const rows = [
    ['all alike (admins)', await perSocket(world, admins)],
    ['each another (creators)', await perSocket(world, creators)],
  ] as const;
  printTable(`an idle subscription with its socket, of ${SOCKETS.toLocaleString('en')}`, [
    ['', 'kB'],
    ...rows.map(([name, bytes]) => [name, (bytes / 1_024).toFixed(1)]),
  ]);
}

async function perSocket(world: LiveWorld, viewers: readonly Viewer[]): Promise<number> {
  // What the first ones leave behind, such as compiled code, is not of those who are counted.
  await subscribe(world, viewers);
  await world.subscribers.close();
  const before = await settled(world);
  await subscribe(world, viewers);
  const after = await settled(world);
  await world.subscribers.close();
  return (after - before) / viewers.length;
}

/** Milliseconds for what ends with a socket. */
const A_MOMENT = 500;

async function settled({ product }: LiveWorld): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i += 1) {
    await sleep(A_MOMENT);
    least = Math.min(least, await product.memoryBytes());
  }
  return least;
}
