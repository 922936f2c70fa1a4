-- The inbox of Stripe's webhooks: stored before it is answered, applied at most once. Idempotent.
DO $$
BEGIN
    IF to_regtype('"WebhookOutcome"') IS NULL THEN
        CREATE TYPE "WebhookOutcome" AS ENUM ('pending', 'applied', 'ignored', 'quarantined', 'failed');
    END IF;
END
$$;

CREATE TABLE IF NOT EXISTS "webhook_events" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "account" TEXT,
    "livemode" BOOLEAN NOT NULL,
    "payload" JSONB NOT NULL,
    "outcome" "WebhookOutcome" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "received_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMP(3),

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

CREATE INDEX IF NOT EXISTS "webhook_events_outcome_received_at_idx" ON "webhook_events"("outcome", "received_at");
