-- Reconciliation with Stripe: its runs, and every difference that they found. Idempotent.
DO $$
BEGIN
    IF to_regtype('"ReconciliationStatus"') IS NULL THEN
        CREATE TYPE "ReconciliationStatus" AS ENUM ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED');
    END IF;
    IF to_regtype('"ReconciliationItemState"') IS NULL THEN
        CREATE TYPE "ReconciliationItemState" AS ENUM ('OPEN', 'REPAIRED', 'RESOLVED');
    END IF;
END
$$;

CREATE TABLE IF NOT EXISTS "reconciliation_runs" (
    "id" TEXT NOT NULL DEFAULT (gen_random_uuid())::text,
    "period_start" TIMESTAMP(3) NOT NULL,
    "period_end" TIMESTAMP(3) NOT NULL,
    "status" "ReconciliationStatus" NOT NULL DEFAULT 'QUEUED',
    "requested_by" TEXT NOT NULL,
    "payouts_checked" INTEGER NOT NULL DEFAULT 0,
    "transfers_checked" INTEGER NOT NULL DEFAULT 0,
    "repaired_count" INTEGER NOT NULL DEFAULT 0,
    "open_count" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMP(3),
    "lease_until" TIMESTAMP(3),
    "finished_at" TIMESTAMP(3),

    CONSTRAINT "reconciliation_runs_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "reconciliation_runs_period_check" CHECK ("period_start" < "period_end")
);

CREATE INDEX IF NOT EXISTS "reconciliation_runs_created_at_id_idx"
    ON "reconciliation_runs"("created_at" DESC, "id" DESC);
CREATE INDEX IF NOT EXISTS "reconciliation_runs_status_idx" ON "reconciliation_runs"("status");

CREATE TABLE IF NOT EXISTS "reconciliation_items" (
    "id" TEXT NOT NULL DEFAULT (gen_random_uuid())::text,
    -- The run that found it, and the last one that saw it.
    "run_id" TEXT NOT NULL,
    "seen_in_run_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "payout_id" TEXT,
    "transfer_id" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "state" "ReconciliationItemState" NOT NULL DEFAULT 'OPEN',
    -- When what it is about happened, so that a later run over that moment can tell that it is gone.
    "occurred_at" TIMESTAMP(3) NOT NULL,
    "found_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMP(3),
    "resolved_by" TEXT,
    "resolution" TEXT,
    -- The kind and what it is about while it is open, so that it is open once; nothing after.
    "open_key" TEXT,

    CONSTRAINT "reconciliation_items_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "reconciliation_items_run_id_fkey" FOREIGN KEY ("run_id")
        REFERENCES "reconciliation_runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "reconciliation_items_seen_in_run_id_fkey" FOREIGN KEY ("seen_in_run_id")
        REFERENCES "reconciliation_runs"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "reconciliation_items_payout_id_fkey" FOREIGN KEY ("payout_id")
        REFERENCES "payouts"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "reconciliation_items_open_check" CHECK (("open_key" IS NOT NULL) = ("state" = 'OPEN'))
);

CREATE UNIQUE INDEX IF NOT EXISTS "reconciliation_items_open_key_key" ON "reconciliation_items"("open_key");
CREATE INDEX IF NOT EXISTS "reconciliation_items_run_id_idx" ON "reconciliation_items"("run_id");
CREATE INDEX IF NOT EXISTS "reconciliation_items_payout_id_idx" ON "reconciliation_items"("payout_id");
CREATE INDEX IF NOT EXISTS "reconciliation_items_found_at_id_idx"
    ON "reconciliation_items"("found_at" DESC, "id" DESC);
CREATE INDEX IF NOT EXISTS "reconciliation_items_seen_in_run_id_idx" ON "reconciliation_items"("seen_in_run_id");
CREATE INDEX IF NOT EXISTS "reconciliation_items_transfer_id_idx" ON "reconciliation_items"("transfer_id");
-- Ours of a period, in the order in which they were paid.
CREATE INDEX IF NOT EXISTS "payouts_completed_at_id_idx"
    ON "payouts" ((COALESCE("processed_at", "created_at")), "id") WHERE "status" = 'COMPLETED';
