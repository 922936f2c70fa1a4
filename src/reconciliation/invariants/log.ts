// Invariant 9: whoever resumes from the event log gets the whole history, in order, and as it was.
import type { Check } from './check.js';

export const LOG_CHECKS: readonly Check[] = [
  {
    invariant: 9,
    what: 'the log has a later change of the payout before an earlier one',
    sql: `SELECT payout_id, jsonb_build_object('version', version) AS details FROM (
        SELECT payout_id, version, log_xid, id, lag(log_xid) OVER one AS xid_before, lag(id) OVER one AS id_before
        FROM payout_events WINDOW one AS (PARTITION BY payout_id ORDER BY version)) e
      WHERE (log_xid, id) < (xid_before, id_before)`,
  },
  {
    invariant: 9,
    what: 'the payout does not stand in the log where its last event does',
    sql: `SELECT p.id AS payout_id, jsonb_build_object('version', p.version) AS details
      FROM payouts p JOIN payout_events e ON e.payout_id = p.id AND e.version = p.version
      WHERE p.log_xid <> e.log_xid`,
  },
  {
    // As in a database that was loaded into a new server, whose transactions are counted from the start again.
    invariant: 9,
    what: 'the event lies in the future of the log: nobody is told of it',
    sql: `SELECT e.payout_id, jsonb_build_object('version', e.version) AS details FROM payout_events e
      WHERE e.log_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint`,
  },
  {
    invariant: 9,
    what: 'the event does not show the payout as it was after the change',
    sql: `SELECT e.payout_id, jsonb_build_object('version', e.version) AS details
      FROM payout_events e JOIN audit_events a ON a.payout_id = e.payout_id AND a.version = e.version
      -- Which run made it stands in the audit alone.
      WHERE e.snapshot IS DISTINCT FROM a.after - 'runId' OR e.snapshot->>'id' <> e.payout_id
        OR e.snapshot->>'creatorId' <> e.creator_id OR e.snapshot->>'status' <> e.to_status::text
        OR e.snapshot->>'version' <> e.version::text`,
  },
];
