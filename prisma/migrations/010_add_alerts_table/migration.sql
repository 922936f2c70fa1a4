-- What somebody must look at: raised once for each cause, resolved when the cause is gone. Idempotent.
CREATE TABLE IF NOT EXISTS "alerts" (
    "id" TEXT NOT NULL DEFAULT (gen_random_uuid())::text,
    "rule" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "payout_id" TEXT,
    "occurrences" INTEGER NOT NULL DEFAULT 1,
    "opened_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acknowledged_at" TIMESTAMP(3),
    "acknowledged_by" TEXT,
    "resolved_at" TIMESTAMP(3),
    -- The rule and the key while it is open, so that there is one open alert of each; nothing once it is resolved.
    "open_key" TEXT,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "alerts_payout_id_fkey" FOREIGN KEY ("payout_id")
        REFERENCES "payouts"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "alerts_open_check" CHECK (("open_key" IS NULL) = ("resolved_at" IS NOT NULL))
);

CREATE UNIQUE INDEX IF NOT EXISTS "alerts_open_key_key" ON "alerts"("open_key");
CREATE INDEX IF NOT EXISTS "alerts_payout_id_idx" ON "alerts"("payout_id");
CREATE INDEX IF NOT EXISTS "alerts_opened_at_id_idx" ON "alerts"("opened_at" DESC, "id" DESC);
