// The audit of one payout: every row of its chain, what each of them changed, and whether the chain holds.
import type { Queryable } from '../../db/connect.js';
import { getPayout } from '../find.js';
import { PAYOUT_PROPERTIES, type PayoutRow } from '../row.js';
import { type AuditFinding, verifyPayoutAudit } from '../verify-audit.js';
import type { Viewer } from '../viewer.js';

export interface TrailEntry {
  sequence: number;
  /** RFC 3339, UTC. */
  at: string;
  actor: string;
  action: string;
  reason: string | null;
  requestId: string | null;
  changes: Change[];
  hash: string;
}

/** Of one field; undefined: it was not there. */
export interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

export interface AuditTrail {
  payout: PayoutRow;
  creatorName: string;
  entries: TrailEntry[];
  /** Nothing: the chain is whole. */
  findings: AuditFinding[];
}

interface StoredEntry extends Omit<TrailEntry, 'changes'> {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Null where there is no such payout. */
export async function auditTrail(
  db: Queryable,
  viewer: Viewer,
  payoutId: string,
): Promise<AuditTrail | null> {
  const payout = await getPayout(db, viewer, payoutId);
  if (!payout) return null;
  const { rows: names } = await db.query<{ name: string }>(
    'SELECT display_name AS name FROM creators WHERE id = $1',
    [payout.creatorId],
  );
  const { rows } = await db.query<StoredEntry>(
    `SELECT sequence, to_char(occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, actor, action, reason,
       request_id AS "requestId", before, after, hash
     FROM audit_events WHERE chain = $1 ORDER BY sequence`,
    [payoutId],
  );
  const findings = await verifyPayoutAudit(db, payoutId);
  return { payout, creatorName: names[0]?.name ?? '', entries: withChanges(rows), findings };
}

/** What the version and the time of change say, the entry itself says. */
const UNTOLD: ReadonlySet<string> = new Set(['id', 'version', 'updatedAt']);

/** A row keeps of what was before little but the status: the rest stands in the row before it. */
function withChanges(rows: readonly StoredEntry[]): TrailEntry[] {
  let known: Record<string, unknown> = {};
  return rows.map(({ before, after, ...entry }) => {
    const then = { ...known, ...before };
    known = after ?? then;
    return { ...entry, changes: changesOf(then, known) };
  });
}

/** What is not there any more has changed too: a decision that was taken back leaves nothing behind. */
function changesOf(before: Record<string, unknown>, after: Record<string, unknown>): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !UNTOLD.has(field) && !same(before[field], after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }))
    .sort((a, b) => placeOf(a.field) - placeOf(b.field));
}

/** In the order of a payout's columns; the database keeps no order in what it stores. */
const placeOf = (field: string): number => (PAYOUT_PROPERTIES as readonly string[]).indexOf(field);

/** What was never there and what is empty are the same to a reader. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
