// Changes that N subscribers hear alike, against a bare `ws` server that sends as many bytes to as many.
import type { Viewer } from '../src/payouts/viewer.js';
import { creatorOf } from './fill.js';
import { type LiveTurn, type LiveWorld, measure, subscribe } from './live-world.js';
import { printTable } from './report.js';
import { median, medianRatio, now } from './statistics.js';

interface Pattern {
  name: string;
  /** Changes that are committed at once, and how often. */
  of(subscribers: number): { count: number; steps: number };
}

const PATTERNS: Pattern[] = [
  // As a run of payouts does; some 100,000 messages.
  { name: 'changes of one transaction', of: (n) => ({ count: within(20, 100_000 / n, 1_000), steps: 1 }) },
  { name: 'changes one by one', of: (n) => ({ count: 1, steps: within(10, 50_000 / n, 50) }) },
];

const within = (least: number, value: number, most: number) =>
  Math.min(most, Math.max(least, Math.round(value)));

const ADMIN: Viewer = { role: 'ADMIN', sub: 'bench' };

export async function compareFanOut(world: LiveWorld, subscribers: number, rounds: number): Promise<void> {
  const { product, floor, subscribers: ours, floorSubscribers: theirs } = world;
  await subscribe(
    world,
    Array.from({ length: subscribers }, () => ADMIN),
  );
  await theirs.open(
    floor.url,
    '/',
    Array.from({ length: subscribers }, () => []),
  );
  for (const { name, of } of PATTERNS) {
    const { count, steps } = of(subscribers);
    const messages = count * subscribers;
    const whose = Array.from({ length: count }, () => creatorOf(1));
    const turns: [LiveTurn[], LiveTurn[]] = [[], []];
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const turn = await measure(product, ours, {
        messages,
        steps,
        prepare: () => world.changes.prepare(whose),
      });
      const broadcast = async () => {
        const at = now();
        floor.tell({ broadcast: { count, bytes: turn.bytes } });
        return at;
      };
      const bare = await measure(floor, theirs, { messages, steps, prepare: async () => broadcast });
      if (round === 0) continue;
      turns[0].push(turn);
      turns[1].push(bare);
    }
    print(`${subscribers.toLocaleString('en')} subscribers, ${count * steps} ${name}`, ...turns);
  }
  await Promise.all([ours.close(), theirs.close()]);
}

function print(title: string, ours: LiveTurn[], theirs: LiveTurn[]): void {
  const row = (name: string, turns: LiveTurn[]) => [
    name,
    median(turns.map((turn) => turn.perSecond)).toFixed(0),
    median(turns.map((turn) => turn.cpuUs)).toFixed(1),
  ];
  const ratioOf = (of: (turn: LiveTurn) => number) => medianRatio(ours.map(of), theirs.map(of)).toFixed(2);
  printTable(`${title}, messages of ${ours[0]?.bytes} bytes`, [
    ['', 'messages/s', 'CPU us/message'],
    row('bare ws broadcast', theirs),
    row('product', ours),
    ['product / bare ws', ratioOf((turn) => turn.perSecond), ratioOf((turn) => turn.cpuUs)],
  ]);
}
