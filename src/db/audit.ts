// Audit rows for what is not a payout's change (those are written by the statement that changes the payout).
// The database links each row to the last one of its chain and refuses any change to it.
import type { Queryable } from './connect.js';

export interface AuditRecord {
  /** The chain that the row belongs to, such as `statements` or `creator:<id>`. */
  chain: string;
  /** The token's `sub`, or `system` for jobs and commands without one. */
  actor: string;
  /** What was done, in the past tense: `statements_imported`. */
  action: string;
  reason?: string;
  requestId?: string;
  before?: unknown;
  after?: unknown;
}

/** Call it inside the transaction that does what it tells. */
export async function recordAudit(db: Queryable, record: AuditRecord): Promise<void> {
  await db.query(
    `INSERT INTO audit_events (chain, actor, action, reason, request_id, before, after)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      record.chain,
      record.actor,
      record.action,
      record.reason ?? null,
      record.requestId ?? null,
      json(record.before),
      json(record.after),
    ],
  );
}

/** The same for many, in their order: one statement, however many they are. */
export async function recordAudits(db: Queryable, records: readonly AuditRecord[]): Promise<void> {
  await db.query(
    `INSERT INTO audit_events (chain, actor, action, reason, request_id, before, after)
     SELECT chain, actor, action, reason, "requestId", before, after
     FROM jsonb_to_recordset($1::jsonb) AS r(chain text, actor text, action text, reason text, "requestId" text,
       before jsonb, after jsonb)`,
    [JSON.stringify(records)],
  );
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
