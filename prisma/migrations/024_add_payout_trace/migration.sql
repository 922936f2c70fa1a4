-- Where the trace of a payout goes on: the W3C `traceparent` of what created it, or asked for it again. Null where nothing
-- is traced. A job is only a reminder and may take up many payouts, so the trace is kept with the payout. Idempotent.
ALTER TABLE "payouts" ADD COLUMN IF NOT EXISTS "trace_parent" TEXT;
