// Changes that are heard by one creator each: what many who hear nothing of it cost, and what it costs to tell many. Of
// few, each has several changes of a page, which go out in one write.
import type { Viewer } from '../src/payouts/viewer.js';
import { creatorOf } from './fill.js';
import { type LiveTurn, type LiveWorld, measure, subscribe } from './live-world.js';
import { printTable } from './report.js';
import { median, medianRatio } from './statistics.js';

const FEW = 100;
const MANY = 5_000;
const CHANGES = 2_000;
/** Turns of each round: they are short. */
const TURNS = 4;

export async function compareCreators(world: LiveWorld, rounds: number): Promise<void> {
  const turns = rounds * TURNS;
  const few = await listening(world, FEW, () => ratesOf(world, FEW, turns));
  const [same, many] = await listening(world, MANY, async () => [
    await ratesOf(world, FEW, turns),
    await ratesOf(world, MANY, turns),
  ]);
  print([
    [`${FEW} listen, changes of all`, few],
    [`${MANY.toLocaleString('en')} listen, changes of ${FEW}`, same ?? []],
    [`${MANY.toLocaleString('en')} listen, changes of all`, many ?? []],
  ]);
}

/** While so many creators listen. */
async function listening<Result>(
  world: LiveWorld,
  creators: number,
  work: () => Promise<Result>,
): Promise<Result> {
  await subscribe(world, Array.from({ length: creators }, creatorAt));
  const result = await work();
  await world.subscribers.close();
  return result;
}

const creatorAt = (_: unknown, n: number): Viewer => ({
  role: 'CREATOR',
  sub: `creator-${n + 1}`,
  creatorId: creatorOf(n + 1),
});

/** Changes of so many creators in turn. */
async function ratesOf(world: LiveWorld, creators: number, turns: number): Promise<LiveTurn[]> {
  const { product, subscribers, changes } = world;
  const measured: LiveTurn[] = [];
  // The first turn warms up.
  for (let turn = 0; turn <= turns; turn += 1) {
    const whose = Array.from({ length: CHANGES }, (_, n) =>
      creatorOf(1 + (((n + turn * CHANGES) * 7) % creators)),
    );
    const prepare = () => changes.prepare(whose);
    measured.push(await measure(product, subscribers, { messages: CHANGES, steps: 1, prepare }));
  }
  return measured.slice(1);
}

function print(rows: readonly [name: string, turns: LiveTurn[]][]): void {
  const few = rows[0]?.[1] ?? [];
  const cellsOf = (turns: LiveTurn[], of: (turn: LiveTurn) => number) => [
    median(turns.map(of)).toFixed(0),
    medianRatio(turns.map(of), few.map(of)).toFixed(2),
  ];
  printTable(`${CHANGES.toLocaleString('en')} changes of one transaction, each heard by one creator`, [
    ['', 'changes/s', 'against the first', 'CPU us/change', 'against the first'],
    ...rows.map(([name, turns]) => [
      name,
      ...cellsOf(turns, (turn) => turn.perSecond),
      ...cellsOf(turns, (turn) => turn.cpuUs),
    ]),
  ]);
}
