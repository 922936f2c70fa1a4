// Where the event log can be read up to: every transaction below the oldest one that is open has ended, so nothing that
// commits later can come before what was read.

/** SQL: below it the log is complete, as the statement sees it. */
export const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint';
