-- What admins look up: Stripe's events of one payout, and the creators that can or cannot be paid. Additive and idempotent.

-- By the payout that a transfer names in its metadata. Events of anything else are not in it.
CREATE INDEX IF NOT EXISTS "webhook_events_payout_idx"
    ON "webhook_events"(("payload" #>> '{data,object,metadata,payout_id}'), "received_at" DESC, "id" DESC)
    WHERE "payload" #>> '{data,object,metadata,payout_id}' IS NOT NULL;

CREATE INDEX IF NOT EXISTS "creators_transfers_enabled_created_at_id_idx"
    ON "creators"("transfers_enabled", "created_at" DESC, "id" DESC);
