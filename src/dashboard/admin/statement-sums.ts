// What the statements of a file come to.
import type { ReportedStatement } from '../api/import.js';
import { addUp } from '../format/decimal.js';

/** From the first day of all to the last. */
export function periodOf(statements: readonly ReportedStatement[]): { from: string; to: string } {
  const from = statements.map(({ periodStart }) => periodStart).sort();
  const to = statements.map(({ periodEnd }) => periodEnd).sort();
  return { from: from[0] ?? '', to: to.at(-1) ?? '' };
}

export const creatorsOf = (statements: readonly ReportedStatement[]): number =>
  new Set(statements.map(({ creatorId }) => creatorId)).size;

/** What waits for the next statements: each creator's last one says it. They come in the order of their periods. */
export function carriedOn(statements: readonly ReportedStatement[]): string {
  const last = new Map(statements.map(({ creatorId, carriedOut }) => [creatorId, carriedOut]));
  return addUp([...last.values()]);
}
