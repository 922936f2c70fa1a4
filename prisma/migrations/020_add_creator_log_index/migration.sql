-- Where one creator's part of the event log is read on after a cursor: without it a creator who comes back late would
-- look through everybody's changes since then. Idempotent.
CREATE INDEX IF NOT EXISTS "payout_events_creator_id_log_xid_id_idx"
    ON "payout_events"("creator_id", "log_xid", "id");
