// Verifies the audit: that no row was edited, deleted or put in, by recomputing every hash and holding the rows against
// the payouts' versions. What it cannot see: that the last rows of a chain other than a payout's are gone.
import type { Queryable } from '../db/connect.js';

export type AuditFault =
  /** The row says something else than when it was written. */
  | 'edited'
  /** The row before it is another one than when it was written: edited, replaced or put in. */
  | 'unlinked'
  /** Rows before it are gone. */
  | 'missing_before'
  /** A version of the payout has no row: rows at the end of its chain are gone. */
  | 'missing_at_end'
  /** The row explains no version of its payout, or one that another row explains: it was put in. */
  | 'put_in';

export interface AuditFinding {
  fault: AuditFault;
  /** The payout's id, or the name of another chain. */
  chain: string;
  /** The row; null where it is the missing one. */
  id: string | null;
  sequence: number;
}

export interface AuditReport {
  rows: number;
  chains: number;
  findings: AuditFinding[];
}

/** Reads the whole audit; findings come in the order of chain and sequence. */
export async function verifyAudit(db: Queryable): Promise<AuditReport> {
  const { rows: counted } = await db.query<{ rows: string; chains: string }>(
    'SELECT count(*) AS rows, count(DISTINCT chain) AS chains FROM audit_events',
  );
  const { rows: findings } = await db.query<AuditFinding>(findingsOf());
  return { rows: Number(counted[0]?.rows), chains: Number(counted[0]?.chains), findings };
}

/** The rows of one payout. @returns what is wrong with them; nothing: all of them hold, and none is missing */
export async function verifyPayoutAudit(db: Queryable, payoutId: string): Promise<AuditFinding[]> {
  const text = findingsOf('WHERE e.chain = $1', 'WHERE p.id = $1');
  const { rows } = await db.query<AuditFinding>({ name: 'verify-payout-audit', text, values: [payoutId] });
  return rows;
}

/** `rows` and `payouts` are WHERE clauses that say which; without them all. */
const findingsOf = (rows = '', payouts = '') => `
WITH linked AS (
  SELECT e.id, e.chain, e.sequence, e.hash, e.previous_hash, e.payout_id, e.version,
    audit_event_hash(e) AS computed,
    lag(e.hash, 1, '') OVER chain AS prior_hash, lag(e.sequence, 1, 0) OVER chain AS prior_sequence
  FROM audit_events e ${rows} WINDOW chain AS (PARTITION BY e.chain ORDER BY e.sequence)
), explained AS (
  SELECT p.id, p.version, max(e.sequence) AS last, count(e.id) AS rows
  FROM payouts p LEFT JOIN audit_events e ON e.payout_id = p.id ${payouts} GROUP BY p.id, p.version
), findings AS (
  SELECT 'edited' AS fault, chain, id, sequence FROM linked WHERE hash <> computed
  UNION ALL
  SELECT 'missing_before', chain, id, sequence FROM linked WHERE sequence <> prior_sequence + 1
  UNION ALL
  SELECT 'unlinked', chain, id, sequence FROM linked
  WHERE previous_hash <> prior_hash AND sequence = prior_sequence + 1
  UNION ALL
  SELECT 'put_in', chain, id, sequence FROM linked
  WHERE payout_id IS NOT NULL AND version IS DISTINCT FROM sequence
  UNION ALL
  SELECT 'put_in', l.chain, l.id, l.sequence FROM linked l JOIN explained p ON p.id = l.payout_id
  WHERE l.version = l.sequence AND l.sequence > p.version
  UNION ALL
  SELECT 'missing_at_end', id, NULL, version FROM explained WHERE COALESCE(last, 0) < version
)
SELECT fault, chain, id::text, sequence FROM findings ORDER BY chain, sequence, fault`;
