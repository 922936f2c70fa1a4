-- E-mails to creators: one row for each event of the log that is told, what became of it, and how far the log was read.
-- Events from before are not told: reading begins at the log's end. Idempotent.
DO $$
BEGIN
    IF to_regtype('"EmailTemplate"') IS NULL THEN
        CREATE TYPE "EmailTemplate" AS ENUM
            ('PAYOUT_INITIATED', 'PAYOUT_COMPLETED', 'PAYOUT_FAILED', 'PAYOUT_RETRYING');
    END IF;
    IF to_regtype('"EmailState"') IS NULL THEN
        CREATE TYPE "EmailState" AS ENUM ('PENDING', 'SENT', 'CAPTURED', 'FAILED');
    END IF;
END
$$;

-- How the creator reads amounts and dates, such as de-DE; nothing: as the settings say.
ALTER TABLE "creators" ADD COLUMN IF NOT EXISTS "locale" TEXT;

CREATE TABLE IF NOT EXISTS "emails" (
    "id" BIGSERIAL NOT NULL,
    "event_id" BIGINT NOT NULL,
    "template" "EmailTemplate" NOT NULL,
    -- Of the event. No foreign keys of their own: those would lock payouts that a worker wants to take up.
    "payout_id" TEXT NOT NULL,
    "creator_id" TEXT NOT NULL,
    "state" "EmailState" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    -- Attempts that count against it: those that the server of a working connection put off.
    "refusals" INTEGER NOT NULL DEFAULT 0,
    -- When a worker may take it up; while one has it, when its lease ends. Nothing once it has ended.
    "next_attempt_at" TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP,
    -- Codes of the mail server's; never its words, in which the address stands.
    "error" TEXT,
    "message_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMP(3),

    CONSTRAINT "emails_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "emails_event_id_fkey" FOREIGN KEY ("event_id")
        REFERENCES "payout_events"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "emails_pending_check" CHECK (("state" = 'PENDING') = ("next_attempt_at" IS NOT NULL))
);

CREATE UNIQUE INDEX IF NOT EXISTS "emails_event_id_template_key" ON "emails"("event_id", "template");
CREATE INDEX IF NOT EXISTS "emails_payout_id_id_idx" ON "emails"("payout_id", "id");
CREATE INDEX IF NOT EXISTS "emails_creator_id_idx" ON "emails"("creator_id");
CREATE INDEX IF NOT EXISTS "emails_state_next_attempt_at_id_idx" ON "emails"("state", "next_attempt_at", "id");

-- One row: how far the log was read, and whether the mail server answers.
CREATE TABLE IF NOT EXISTS "email_outbox" (
    "id" TEXT NOT NULL DEFAULT 'outbox',
    "log_xid" BIGINT NOT NULL,
    "event_id" BIGINT NOT NULL,
    -- How often in a row the mail server could not be used.
    "failures" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMP(3),

    CONSTRAINT "email_outbox_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "email_outbox_one_check" CHECK ("id" = 'outbox')
);

INSERT INTO "email_outbox" ("log_xid", "event_id")
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, (1::bigint << 48) - 1
ON CONFLICT DO NOTHING;

-- Where no mail server is set, mail goes here, for /dev/mail.
CREATE TABLE IF NOT EXISTS "captured_emails" (
    "email_id" BIGINT NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "captured_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "captured_emails_pkey" PRIMARY KEY ("email_id"),
    CONSTRAINT "captured_emails_email_id_fkey" FOREIGN KEY ("email_id")
        REFERENCES "emails"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- An address that refused our mail is no matter any more once there is another one, whoever wrote it.
CREATE OR REPLACE FUNCTION creators_email_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE alerts SET resolved_at = now(), updated_at = now(), open_key = NULL
    WHERE open_key = 'email_failed:creator:' || NEW.id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER creators_email_changed AFTER UPDATE OF "email" ON "creators"
    FOR EACH ROW WHEN (OLD."email" IS DISTINCT FROM NEW."email") EXECUTE FUNCTION creators_email_changed();
