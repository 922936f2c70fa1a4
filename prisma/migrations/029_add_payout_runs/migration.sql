-- Payout runs: what an admin paid of a period in one go, and which payouts that made. Additive and idempotent.

CREATE TABLE IF NOT EXISTS "payout_runs" (
    "id" TEXT NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    -- What it made, as it was previewed; it never changes.
    "payout_count" INTEGER NOT NULL,
    "total_cents" BIGINT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "reason" TEXT,
    "idempotency_key" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "payout_runs_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payout_runs_period_check" CHECK ("period_start" <= "period_end"),
    CONSTRAINT "payout_runs_totals_check" CHECK ("payout_count" >= 0 AND "total_cents" >= 0)
);

-- A key makes one run.
CREATE UNIQUE INDEX IF NOT EXISTS "payout_runs_idempotency_key_key" ON "payout_runs"("idempotency_key");
CREATE INDEX IF NOT EXISTS "payout_runs_created_at_id_idx" ON "payout_runs"("created_at" DESC, "id" DESC);

ALTER TABLE "payouts" ADD COLUMN IF NOT EXISTS "run_id" TEXT;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_constraint
        WHERE conname = 'payouts_run_id_fkey' AND conrelid = '"payouts"'::regclass
    ) THEN
        -- No payout has a run before this migration: there is nothing to look at.
        ALTER TABLE "payouts" ADD CONSTRAINT "payouts_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "payout_runs"("id")
            ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;
        ALTER TABLE "payouts" VALIDATE CONSTRAINT "payouts_run_id_fkey";
    END IF;
END
$$;

-- A run's payouts, newest first; those of no run take no room.
CREATE INDEX IF NOT EXISTS "payouts_run_idx" ON "payouts"("run_id", "created_at" DESC, "id" DESC)
    WHERE "run_id" IS NOT NULL;
