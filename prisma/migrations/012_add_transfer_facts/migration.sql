-- What we have heard of a transfer, of a creator's readiness and of its bank leg. Additive and idempotent.

-- Of the transfer that the attempt made: the largest amount that Stripe ever told us was taken back.
ALTER TABLE "payout_attempts" ADD COLUMN IF NOT EXISTS "amount_reversed_cents" INTEGER NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS "payout_attempts_transfer_id_idx" ON "payout_attempts"("transfer_id");

-- When Stripe said what `transfers_enabled` holds, by Stripe's clock: an older word does not count any more.
ALTER TABLE "creators" ADD COLUMN IF NOT EXISTS "readiness_told_at" TIMESTAMP(3);
CREATE INDEX IF NOT EXISTS "creators_stripe_account_id_idx" ON "creators"("stripe_account_id");

-- An event that cannot be applied yet is left alone until then.
ALTER TABLE "webhook_events" ADD COLUMN IF NOT EXISTS "wait_until" TIMESTAMP(3);
CREATE INDEX IF NOT EXISTS "webhook_events_received_at_id_idx" ON "webhook_events"("received_at" DESC, "id" DESC);

CREATE TABLE IF NOT EXISTS "bank_payouts" (
    "id" TEXT NOT NULL,
    "creator_id" TEXT NOT NULL,
    "amount_cents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "failure_code" TEXT,
    "arrives_on" DATE,
    "told_at" TIMESTAMP(3) NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bank_payouts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "bank_payouts_creator_id_fkey" FOREIGN KEY ("creator_id")
        REFERENCES "creators"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE INDEX IF NOT EXISTS "bank_payouts_creator_id_told_at_idx" ON "bank_payouts"("creator_id", "told_at" DESC);
