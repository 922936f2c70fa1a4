// What the bulk upserts share: rows that are independent of each other, each with a result of its own in the order of
// the input.
import type { Queryable } from '../../db/connect.js';
import { InvalidInputError, PayoutError } from '../errors.js';

/** Rows of one call at most. */
export const MOST_ROWS = 500;

/** What became of a good row. */
export interface Upserted {
  outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED';
  /** Of the creator or the statement. */
  id: string;
}

/** What became of a row: the error says why nothing of it was written. */
export type RowResult = Upserted | PayoutError;

/** A good row, with its place in the input. */
export interface Placed<Row> {
  row: Row;
  /** The place as errors name it: the list and the number, from 0. */
  path: readonly [list: string, index: string];
}

/** @throws InvalidInputError for the call as a whole */
export function checkRowCount(list: string, rows: readonly unknown[]): void {
  if (rows.length === 0) throw new InvalidInputError([list], 'must have a row at least');
  if (rows.length > MOST_ROWS)
    throw new InvalidInputError([list], `takes ${MOST_ROWS} rows at most: split it`);
}

/** Checks each row by itself; of two rows with the same external id only the first one counts, good or bad. */
export function checkRows<Row extends { externalId: string }>(
  list: string,
  rows: readonly Row[],
  check: (placed: Placed<Row>) => Row,
): (Placed<Row> | PayoutError)[] {
  const first = new Map<string, number>();
  return rows.map((row, i) => {
    const path = [list, String(i)] as const;
    return orError(() => {
      const before = first.get(row.externalId);
      if (before !== undefined) throw invalid(path, 'externalId', `stands in row ${before} already`);
      first.set(row.externalId, i);
      return { row: check({ row, path }), path };
    });
  });
}

/** What `work` gives, or the expected error that it throws. */
export function orError<T>(work: () => T): T | PayoutError {
  try {
    return work();
  } catch (error) {
    if (error instanceof PayoutError) return error;
    throw error;
  }
}

export const isGood = <T>(result: T | PayoutError): result is T => !(result instanceof PayoutError);

export function invalid(path: readonly string[], field: string, message: string): InvalidInputError {
  return new InvalidInputError([...path, field], message);
}

/** One call at a time, until its transaction ends: all of them write to one chain of the audit anyway. */
export async function lockUpserts(db: Queryable, list: string): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('upsert:' || $1, 0))`, [list]);
}

/** Somebody else has inserted a row of ours since we looked: the transaction must look again. */
export class InsertedMeanwhileError extends Error {
  /** As Postgres calls what may be repeated: a serialization failure. */
  readonly code = '40001';
  constructor() {
    super('a row was inserted by somebody else meanwhile');
  }
}
