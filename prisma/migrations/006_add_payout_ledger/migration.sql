-- What the money engine stands on: attempts, the event log, the audit chain, client keys. Additive and idempotent.

ALTER TABLE "payouts"
    ADD COLUMN IF NOT EXISTS "currency" TEXT NOT NULL DEFAULT 'usd',
    ADD COLUMN IF NOT EXISTS "failure_code" TEXT,
    ADD COLUMN IF NOT EXISTS "next_attempt_at" TIMESTAMP(3),
    ADD COLUMN IF NOT EXISTS "amount_reversed_cents" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS "version" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS "log_xid" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_constraint
        WHERE conname = 'payouts_amounts_check' AND conrelid = '"payouts"'::regclass
    ) THEN
        ALTER TABLE "payouts"
            ADD CONSTRAINT "payouts_amounts_check" CHECK (
                "amount_cents" > 0 AND "amount_reversed_cents" BETWEEN 0 AND "amount_cents"),
            ADD CONSTRAINT "payouts_completed_check" CHECK (
                "status" <> 'COMPLETED' OR "stripe_transfer_id" IS NOT NULL);
    END IF;
    IF to_regtype('"AttemptOutcome"') IS NULL THEN
        CREATE TYPE "AttemptOutcome" AS ENUM ('STARTED', 'SUCCEEDED', 'REJECTED', 'UNKNOWN');
    END IF;
END
$$;

-- Lists by keyset, newest first; a statement's payouts.
CREATE INDEX IF NOT EXISTS "payouts_created_at_id_idx" ON "payouts"("created_at" DESC, "id" DESC);
CREATE INDEX IF NOT EXISTS "payouts_creator_id_created_at_id_idx"
    ON "payouts"("creator_id", "created_at" DESC, "id" DESC);
CREATE INDEX IF NOT EXISTS "payouts_status_created_at_id_idx"
    ON "payouts"("status", "created_at" DESC, "id" DESC);
CREATE INDEX IF NOT EXISTS "payouts_royalty_statement_id_idx" ON "payouts"("royalty_statement_id");
-- Retries that fall due.
CREATE INDEX IF NOT EXISTS "payouts_status_next_attempt_at_idx" ON "payouts"("status", "next_attempt_at");

CREATE TABLE IF NOT EXISTS "payout_attempts" (
    "id" TEXT NOT NULL,
    "payout_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "amount_cents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "destination" TEXT NOT NULL,
    "outcome" "AttemptOutcome" NOT NULL DEFAULT 'STARTED',
    "error_code" TEXT,
    "error_message" TEXT,
    "stripe_request_id" TEXT,
    "transfer_id" TEXT,
    "sends" INTEGER NOT NULL DEFAULT 1,
    "lease_until" TIMESTAMP(3) NOT NULL,
    "started_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMP(3),

    CONSTRAINT "payout_attempts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payout_attempts_payout_id_fkey" FOREIGN KEY ("payout_id")
        REFERENCES "payouts"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE UNIQUE INDEX IF NOT EXISTS "payout_attempts_idempotency_key_key" ON "payout_attempts"("idempotency_key");
CREATE UNIQUE INDEX IF NOT EXISTS "payout_attempts_payout_id_number_key" ON "payout_attempts"("payout_id", "number");
-- Open attempts whose lease has run out.
CREATE INDEX IF NOT EXISTS "payout_attempts_finished_at_lease_until_idx"
    ON "payout_attempts"("finished_at", "lease_until");

CREATE TABLE IF NOT EXISTS "payout_events" (
    "id" BIGSERIAL NOT NULL,
    "payout_id" TEXT NOT NULL,
    "creator_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "from_status" "PayoutStatus",
    "to_status" "PayoutStatus" NOT NULL,
    "reason" TEXT,
    "snapshot" JSONB NOT NULL,
    "log_xid" BIGINT NOT NULL,
    "occurred_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payout_events_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payout_events_payout_id_fkey" FOREIGN KEY ("payout_id")
        REFERENCES "payouts"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE UNIQUE INDEX IF NOT EXISTS "payout_events_payout_id_version_key" ON "payout_events"("payout_id", "version");
CREATE INDEX IF NOT EXISTS "payout_events_log_xid_id_idx" ON "payout_events"("log_xid", "id");

CREATE TABLE IF NOT EXISTS "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "chain" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 0,
    "payout_id" TEXT,
    "version" INTEGER,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT,
    "request_id" TEXT,
    "before" JSONB,
    "after" JSONB,
    "occurred_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "previous_hash" TEXT NOT NULL DEFAULT '',
    "hash" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_events_payout_id_fkey" FOREIGN KEY ("payout_id")
        REFERENCES "payouts"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE UNIQUE INDEX IF NOT EXISTS "audit_events_chain_sequence_key" ON "audit_events"("chain", "sequence");
CREATE INDEX IF NOT EXISTS "audit_events_payout_id_idx" ON "audit_events"("payout_id");

-- The one place that says what a row's hash covers; the trigger below and the verification both call it.
CREATE OR REPLACE FUNCTION audit_event_hash(e "audit_events") RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        e.previous_hash, e.chain, e.sequence, e.payout_id, e.version, e.actor, e.action, e.reason, e.request_id,
        e.before, e.after, to_char(e.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS')
    )::text, 'UTF8')), 'hex')
$$;

-- Links a new row to the last one of its chain. The writer of a payout's row holds the payout's lock, so its chain
-- has one writer at a time; the other chains take a lock of their own.
CREATE OR REPLACE FUNCTION audit_events_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last RECORD;
BEGIN
    IF NEW.payout_id IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('audit:' || NEW.chain, 0));
    END IF;
    SELECT sequence, hash INTO last FROM audit_events
        WHERE chain = NEW.chain ORDER BY sequence DESC LIMIT 1;
    NEW.sequence := COALESCE(last.sequence, 0) + 1;
    NEW.previous_hash := COALESCE(last.hash, '');
    NEW.hash := audit_event_hash(NEW);
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;

CREATE OR REPLACE TRIGGER audit_events_chain BEFORE INSERT ON "audit_events"
    FOR EACH ROW EXECUTE FUNCTION audit_events_chain();
CREATE OR REPLACE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse();

CREATE TABLE IF NOT EXISTS "idempotency_keys" (
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "result" JSONB,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("key")
);
