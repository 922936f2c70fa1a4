// Changes that are heard by one creator each: what many who hear nothing of it cost.
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
  const few = await rateOf(world, FEW, rounds);
  const many = await rateOf(world, MANY, rounds);
  const row = (name: string, turns: LiveTurn[]) => [
    name,
    median(turns.map((turn) => turn.perSecond)).toFixed(0),
    median(turns.map((turn) => turn.cpuUs)).toFixed(0),
  ];
  const ratioOf = (of: (turn: LiveTurn) => number) => medianRatio(many.map(of), few.map(of)).toFixed(2);
  printTable(`${CHANGES.toLocaleString('en')} changes, each heard by one creator`, [
    ['', 'changes/s', 'CPU us/change'],
    row(`${FEW} creators listen`, few),
    row(`${MANY.toLocaleString('en')} creators listen`, many),
    [
      `${MANY.toLocaleString('en')} / ${FEW}`,
      ratioOf((turn) => turn.perSecond),
      ratioOf((turn) => turn.cpuUs),
    ],
  ]);
}

async function rateOf(world: LiveWorld, creators: number, rounds: number): Promise<LiveTurn[]> {
  const { product, subscribers, changes } = world;
  await subscribe(world, Array.from({ length: creators }, creatorAt));
  const turns: LiveTurn[] = [];
  for (let turn = 0; turn <= rounds * TURNS; turn += 1) {
    // Always others of them.
    const whose = Array.from({ length: CHANGES }, (_, n) =>
      creatorOf(1 + (((n + turn * CHANGES) * 7) % creators)),
    );
    const measured = await measure(product, subscribers, {
      messages: CHANGES,
      steps: 1,
      prepare: () => changes.prepare(whose),
    });
    if (turn > 0) turns.push(measured);
  }
  await subscribers.close();
  return turns;
}

const creatorAt = (_: unknown, n: number): Viewer => ({
  role: 'CREATOR',
  sub: `creator-${n + 1}`,
  creatorId: creatorOf(n + 1),
});
