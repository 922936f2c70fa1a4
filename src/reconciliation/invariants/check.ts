// What a check of an invariant is: one statement that finds whatever breaks it, and what is found.
import type { Queryable } from '../../db/connect.js';
import type { PayoutStatus } from '../../generated/prisma/enums.js';

export interface Check {
  /** Its number in the list of invariants (see `verify.ts`). */
  invariant: number;
  /** What was found, in words. */
  what: string;
  /** Yields `payout_id` (or null) and `details` (jsonb) of each breach; `given` has one row of the settings below. */
  sql: string;
}

export interface Finding {
  invariant: number;
  /** Null where it is not about one payout. */
  payoutId: string | null;
  what: string;
  details: Record<string, unknown>;
}

/** What the statements need to know. */
export interface Given {
  /** When the reading of Stripe's books began, by the database's clock, as text. */
  began: string;
  /** Transfers made before then were not read; null: all were read. */
  since: string | null;
  maxRetries: number;
  /** Milliseconds in PROCESSING after which an alert must be open. */
  staleMs: number;
  /** Stripe's clock and the database's tell the same time, as they do outside of tests. */
  checkClock: boolean;
  /** Stripe may know of reversals that nobody has told us of yet. */
  allowUnheard: boolean;
  /** Every legal change, and what is decided while the status stays. */
  transitions: readonly { from: PayoutStatus | null; to: PayoutStatus; on: string }[];
}

/** A check that finds more than this many breaches says so, and shows these. */
export const MOST_FINDINGS = 1_000;

/** Each row of `found`, at most one more than are shown. */
const around = (sql: string) => `
WITH given AS (
  SELECT * FROM jsonb_to_record($1::jsonb) AS g(began timestamp, since timestamp, "maxRetries" int,
    "staleMs" double precision, "checkClock" boolean, "allowUnheard" boolean, transitions jsonb)
), found AS (${sql})
SELECT payout_id AS "payoutId", details FROM found ORDER BY payout_id, details LIMIT ${MOST_FINDINGS + 1}`;

export async function runCheck(db: Queryable, check: Check, given: Given): Promise<Finding[]> {
  const { invariant, what, sql } = check;
  const { rows } = await db.query<Pick<Finding, 'payoutId' | 'details'>>(around(sql), [
    JSON.stringify(given),
  ]);
  return rows.map(({ payoutId, details }) => ({ invariant, payoutId, what, details: details ?? {} }));
}
