// Joins Stripe's transfers with payouts, attempts, audit, events and inbox, and finds whatever must never be:
//
//  1 more than one live transfer of a payout     7 a statement that is overdrawn
//  2 COMPLETED without its transfer              8 a change without its record, or a record that was altered
//  3 a transfer without an attempt before it     9 a log that does not tell the whole history in order
//  4 a change that is not in the table          10 an event of Stripe's that was applied twice
//  5 a live transfer of what is not paid        11 a client key that does not stand for its one payout
//  6 too many or too early retries              12 a payout that is stuck, and no alert
//                                               13 secrets or addresses in what is stored
//                                               14 money that left and was held, rejected or not approved
//
// Stripe is read first, outside of any transaction; then the database, at one moment, in one transaction that only
// reads. A payout that changes in between is not held against Stripe's books this time. What a healthy system may show
// for a moment: a reversal at Stripe that no event has told us of yet (2), and a transfer that turned up after its
// attempt was given up and before its event is applied (5).
import type pg from 'pg';
import type { Queryable } from '../../db/connect.js';
import type { TransferBook } from '../../payouts/ports.js';
import { DECISIONS, TRANSITIONS } from '../../payouts/transitions.js';
import { type AuditFinding, verifyAudit } from '../../payouts/verify-audit.js';
import { ATTEMPT_CHECKS } from './attempts.js';
import { copyTransfers, markFailed } from './books.js';
import { CHANGE_CHECKS } from './changes.js';
import { type Finding, type Given, MOST_FINDINGS, runCheck } from './check.js';
import { CONTROL_CHECKS } from './control.js';
import { LOG_CHECKS } from './log.js';
import { MONEY_CHECKS } from './money.js';
import { REQUEST_CHECKS } from './requests.js';
import { RETRY_CHECKS } from './retries.js';
import { SECRET_CHECKS } from './secrets.js';

export interface VerifyDeps {
  pool: pg.Pool;
  book: Pick<TransferBook, 'created'>;
  /** Automatic retries at most, as the settings have had it since the oldest payout. */
  maxRetries: number;
  /** Milliseconds in PROCESSING after which somebody must look. */
  staleAfterMs: number;
  /** Milliseconds between sweeps: so long may an alert take. */
  sweepIntervalMs: number;
}

export interface VerifyOptions {
  /** Reads Stripe's transfers from then on; default: from before the oldest payout, so that all of them are read. */
  from?: Date | undefined;
  /** Whether Stripe's clock tells the database's time; a test that moves one of them says false. Default true. */
  checkClock?: boolean | undefined;
  /** Reversals at Stripe that nobody has told us of yet are no findings. Default false. */
  allowUnheard?: boolean | undefined;
  /** Told how many transfers were read so far, then which checks of how many are done. */
  onProgress?: ((progress: VerifyProgress) => void) | undefined;
}

export type VerifyProgress = { transfers: number } | { checks: number; of: number };

export interface InvariantReport {
  /** By the number of the invariant. */
  findings: Finding[];
  /** Some check found more than are listed. */
  more: boolean;
  checked: Record<'transfers' | 'payouts' | 'attempts' | 'events' | 'auditRows' | 'checks', number>;
}

const CHECKS = [
  ...MONEY_CHECKS,
  ...ATTEMPT_CHECKS,
  ...CHANGE_CHECKS,
  ...LOG_CHECKS,
  ...RETRY_CHECKS,
  ...REQUEST_CHECKS,
  ...SECRET_CHECKS,
  ...CONTROL_CHECKS,
].sort((a, b) => a.invariant - b.invariant);

/** @throws when Stripe or the database does not answer: nothing is said then */
export async function verifyInvariants(
  deps: VerifyDeps,
  options: VerifyOptions = {},
): Promise<InvariantReport> {
  const client = await deps.pool.connect();
  try {
    const { began, first, last } = await moments(client);
    const period = { start: options.from ?? first, end: last };
    const read = (transfers: number) => options.onProgress?.({ transfers });
    const transfers = await copyTransfers(client, deps.book.created(period), read);
    const given = givenOf(deps, options, began);
    return await atOneMoment(client, () => runAll(client, given, transfers, options));
  } finally {
    // The connection is closed, and the table of transfers goes with it.
    client.release(true);
  }
}

/** Now, and the times between which all of our transfers were made, however the clocks differ. */
async function moments(db: Queryable): Promise<{ began: string; first: Date; last: Date }> {
  const { rows } = await db.query<{ began: string; first: Date; last: Date }>(
    `SELECT clock_timestamp()::timestamp::text AS began, now()::timestamp + interval '1 day' AS last,
       COALESCE(min(created_at), now()::timestamp) - interval '1 day' AS first FROM payouts`,
  );
  if (!rows[0]) throw new Error('the database does not tell the time');
  return rows[0];
}

function givenOf(deps: VerifyDeps, options: VerifyOptions, began: string): Given {
  return {
    began,
    since: options.from?.toISOString() ?? null,
    maxRetries: deps.maxRetries,
    staleMs: deps.staleAfterMs + deps.sweepIntervalMs,
    checkClock: options.checkClock ?? true,
    allowUnheard: options.allowUnheard ?? false,
    transitions: [...TRANSITIONS, ...DECISIONS.map(({ status, on }) => ({ from: status, to: status, on }))],
  };
}

async function atOneMoment<T>(db: Queryable, work: () => Promise<T>): Promise<T> {
  await db.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const result = await work();
  await db.query('COMMIT');
  return result;
}

async function runAll(
  db: Queryable,
  given: Given,
  transfers: number,
  { onProgress }: VerifyOptions,
): Promise<InvariantReport> {
  await markFailed(db);
  const found: Finding[][] = [];
  for (const [done, check] of CHECKS.entries()) {
    found.push(await runCheck(db, check, given));
    onProgress?.({ checks: done + 1, of: CHECKS.length });
  }
  const audit = await verifyAudit(db);
  found.push(await auditFindings(db, audit.findings.slice(0, MOST_FINDINGS + 1)));
  const findings = found.flatMap((some) => some.slice(0, MOST_FINDINGS));
  findings.sort((a, b) => a.invariant - b.invariant);
  const more = found.some((some) => some.length > MOST_FINDINGS);
  const checked = { transfers, ...(await counts(db)), auditRows: audit.rows, checks: CHECKS.length + 1 };
  return { findings, more, checked };
}

/** The chain of a payout has its id. */
async function auditFindings(db: Queryable, faults: readonly AuditFinding[]): Promise<Finding[]> {
  const { rows } = await db.query<{ id: string }>('SELECT id FROM payouts WHERE id = ANY($1)', [
    faults.map(({ chain }) => chain),
  ]);
  const payouts = new Set(rows.map(({ id }) => id));
  return faults.map(({ fault, chain, sequence }) => ({
    invariant: 8,
    payoutId: payouts.has(chain) ? chain : null,
    what: `the audit was tampered with: ${fault.replaceAll('_', ' ')}`,
    details: { chain, sequence },
  }));
}

async function counts(db: Queryable): Promise<Record<'payouts' | 'attempts' | 'events', number>> {
  const { rows } = await db.query<Record<'payouts' | 'attempts' | 'events', number>>(
    `SELECT (SELECT count(*)::int FROM payouts) AS payouts,
       (SELECT count(*)::int FROM payout_attempts) AS attempts,
       (SELECT count(*)::int FROM payout_events) AS events`,
  );
  return rows[0] ?? { payouts: 0, attempts: 0, events: 0 };
}
