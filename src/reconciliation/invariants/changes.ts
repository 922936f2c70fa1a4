// Invariants 4 and 8: only the changes that the table of transitions allows, each with its record in both books.
import type { Check } from './check.js';

const LEGAL = `jsonb_to_recordset((SELECT transitions FROM given)) AS legal("from" text, "to" text, "on" text)`;

/** The columns of a payout that change with its version alone, by their names in a snapshot. */
const RECORDED = `jsonb_build_object('creatorId', p.creator_id, 'amountCents', p.amount_cents, 'currency', p.currency,
  'stripeTransferId', p.stripe_transfer_id, 'failureCode', p.failure_code, 'failedReason', p.failed_reason,
  'retryCount', p.retry_count)`;

export const CHANGE_CHECKS: readonly Check[] = [
  {
    invariant: 4,
    what: 'the table of transitions has no such change',
    sql: `SELECT a.payout_id, jsonb_build_object('version', a.version, 'action', a.action,
        'from', a.before->>'status', 'to', a.after->>'status') AS details
      FROM audit_events a WHERE a.payout_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ${LEGAL} WHERE legal."on" = a.action AND legal."to" = a.after->>'status'
          AND legal."from" IS NOT DISTINCT FROM a.before->>'status')`,
  },
  {
    invariant: 4,
    what: 'the event tells of a change that the table of transitions does not have',
    sql: `SELECT e.payout_id, jsonb_build_object('version', e.version, 'from', e.from_status, 'to', e.to_status) AS details
      FROM payout_events e WHERE NOT EXISTS (
        SELECT 1 FROM ${LEGAL} WHERE legal."to" = e.to_status::text
          AND legal."from" IS NOT DISTINCT FROM e.from_status::text
          AND (legal."on" <> 'rejected' OR e.snapshot->>'control' = 'REJECTED'))`,
  },
  {
    invariant: 4,
    what: 'the event does not go on from where the one before it ended',
    sql: `SELECT payout_id, jsonb_build_object('version', version, 'from', from_status, 'before', was) AS details FROM (
        SELECT payout_id, version, from_status, lag(to_status) OVER one AS was, lag(version) OVER one AS after
        FROM payout_events WINDOW one AS (PARTITION BY payout_id ORDER BY version)) e
      WHERE from_status IS DISTINCT FROM was AND COALESCE(after, 0) = version - 1`,
  },
  {
    invariant: 4,
    what: 'the status of the payout is not the one that its last event tells of',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('status', p.status, 'told', e.to_status) AS details
      FROM payouts p JOIN payout_events e ON e.payout_id = p.id AND e.version = p.version
      WHERE e.to_status <> p.status`,
  },
  {
    invariant: 4,
    what: 'the versions of the payout have a gap, or go on beyond the payout',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('version', p.version, 'recorded', count(v.version)) AS details
      FROM payouts p LEFT JOIN (
        SELECT payout_id, version FROM payout_events
        UNION SELECT payout_id, version FROM audit_events WHERE payout_id IS NOT NULL) v ON v.payout_id = p.id
      GROUP BY p.id
      HAVING count(v.version) <> p.version OR max(v.version) <> p.version OR min(v.version) <> 1`,
  },
  {
    invariant: 8,
    what: 'a change has its row in one of event log and audit, and not in the other',
    sql: `SELECT COALESCE(e.payout_id, a.payout_id) AS payout_id, jsonb_build_object(
        'version', COALESCE(e.version, a.version), 'event', e.id IS NOT NULL, 'audit', a.id IS NOT NULL) AS details
      FROM payout_events e
      FULL JOIN (SELECT id, payout_id, version FROM audit_events WHERE payout_id IS NOT NULL) a
        ON a.payout_id = e.payout_id AND a.version = e.version
      WHERE e.id IS NULL OR a.id IS NULL`,
  },
  {
    invariant: 8,
    what: 'the event and the audit row of a change were not written in one transaction',
    sql: `SELECT e.payout_id, jsonb_build_object('version', e.version, 'event', e.occurred_at,
        'audit', a.occurred_at) AS details
      FROM payout_events e JOIN audit_events a ON a.payout_id = e.payout_id AND a.version = e.version
      WHERE a.occurred_at <> e.occurred_at`,
  },
  {
    invariant: 8,
    what: 'the payout was changed without a record',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('version', p.version, 'fields', (
        SELECT jsonb_agg(now.key ORDER BY now.key) FROM jsonb_each(${RECORDED}) now
        WHERE now.value IS DISTINCT FROM e.snapshot->now.key)) AS details
      FROM payouts p JOIN payout_events e ON e.payout_id = p.id AND e.version = p.version
      WHERE NOT e.snapshot @> ${RECORDED}`,
  },
];
