// What the tests of the upserts share: rows, and what an upsert has written.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { CreatorInput } from '../../../src/payouts/upsert/creator-plan.js';
import { upsertCreators } from '../../../src/payouts/upsert/creators.js';
import type { RowResult } from '../../../src/payouts/upsert/rows.js';
import type { StatementInput } from '../../../src/payouts/upsert/statement-plan.js';
import { upsertStatements } from '../../../src/payouts/upsert/statements.js';
import { openClient, type World } from '../../support/world.js';
import { ADMIN } from '../support.js';

export function creatorRow(over: Partial<CreatorInput> = {}): CreatorInput {
  const externalId = over.externalId ?? `ext-${randomUUID()}`;
  return { externalId, displayName: 'Nova Reyes', email: `${externalId.slice(0, 40)}@example.com`, ...over };
}

export function statementRow(
  creatorId: string,
  over: Partial<Omit<StatementInput, 'creatorId'>> = {},
): StatementInput {
  const period = { periodStart: '2026-08-01', periodEnd: '2026-08-31' };
  return { externalId: `ext-${randomUUID()}`, creatorId, ...period, amountCents: 10_000, ...over };
}

export const putCreators = (world: World, ...rows: CreatorInput[]): Promise<RowResult[]> =>
  upsertCreators(world.deps, rows, ADMIN);

export const putStatements = (world: World, ...rows: StatementInput[]): Promise<RowResult[]> =>
  upsertStatements(world.deps, rows, ADMIN);

/** The outcome of each row, or the code of its error and the path that it names. */
export function told(results: readonly RowResult[]): string[] {
  return results.map((result) => {
    if ('outcome' in result) return result.outcome;
    const path = 'inputPath' in result ? ` ${(result.inputPath as string[]).join('.')}` : '';
    return `${result.code}${path}`;
  });
}

/** Of rows that all went in. @throws Error for one that did not */
export function idsOf(results: readonly RowResult[]): string[] {
  return results.map((result) => {
    if (!('outcome' in result)) throw result;
    return result.id;
  });
}

/** What stands in the audit of this creator or statement, oldest first. */
export async function auditOf(world: World, id: string) {
  const { rows } = await world.db.pool.query(
    `SELECT chain, actor, action, request_id AS "requestId", before, after
     FROM audit_events WHERE after->>'id' = $1 ORDER BY id`,
    [id],
  );
  return rows;
}

export async function oneRow(world: World, sql: string, ...values: unknown[]) {
  return (await world.db.pool.query(sql, values)).rows[0];
}

type Statement = [sql: string, values: unknown[]];

/** Asks while somebody else holds what `first` has locked or inserted; once it waits, `then` is done and all committed. */
export async function whileHeld<T>(
  world: World,
  first: Statement,
  ask: () => Promise<T>,
  then: Statement = ['SELECT 1', []],
): Promise<T> {
  const other = await openClient(world);
  try {
    await other.query('BEGIN');
    await other.query(...first);
    let answered = false;
    const asked = ask().finally(() => {
      answered = true;
    });
    await expect.poll(async () => answered || (await oneRow(world, WAITING)).n > 0).toBe(true);
    await other.query(...then);
    await other.query('COMMIT');
    return await asked;
  } finally {
    await other.end();
  }
}

const WAITING = `SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;
