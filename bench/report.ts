// What the benchmark prints: medians of each contender, and the ratios, which hold where absolute figures drift.
import type { Turn } from './load.js';
import { median, medianRatio } from './statistics.js';

const COLUMNS: [title: string, of: (turn: Turn) => number, digits: number][] = [
  ['requests/s', (turn) => turn.requestsPerSecond, 0],
  ['CPU ms/request', (turn) => turn.cpuMs, 3],
  ['p50 ms', (turn) => turn.p50Ms, 1],
  ['p99 ms', (turn) => turn.p99Ms, 1],
];

/** `ours` is the contender that all others are compared with. */
export function printTurns(title: string, ours: string, turns: ReadonlyMap<string, Turn[]>): void {
  const rows = [...turns].map(([name, all]) => [
    name,
    ...COLUMNS.map((c) => median(all.map(c[1])).toFixed(c[2])),
  ]);
  const others = [...turns].filter(([name]) => name !== ours);
  const ratios = others.map(([name, theirs]) => [
    `${ours} / ${name}`,
    ...COLUMNS.map(([, of]) => medianRatio((turns.get(ours) ?? []).map(of), theirs.map(of)).toFixed(2)),
  ]);
  printTable(title, [['', ...COLUMNS.map(([name]) => name)], ...rows, ...ratios]);
}

export function printTimes(title: string, times: Readonly<Record<string, number>>): void {
  const entries = Object.entries(times);
  const first = entries[0]?.[1] ?? Number.NaN;
  const rows = entries.map(([name, ms]) => [name, ms.toFixed(2), (ms / first).toFixed(2)]);
  printTable(title, [['', 'ms', 'against the first'], ...rows]);
}

export function printTable(title: string, rows: readonly string[][]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ');
  console.log(`\n${title}\n${rows.map((row) => `  ${line(row)}`).join('\n')}`);
}
