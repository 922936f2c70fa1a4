-- Whether payouts are taken up at all: one row, looked at by every claim. Its history is in the audit. Idempotent.
CREATE TABLE IF NOT EXISTS "processing_switch" (
    "id" TEXT NOT NULL DEFAULT 'processing',
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "changed_by" TEXT,
    "changed_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "processing_switch_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "processing_switch_single_check" CHECK ("id" = 'processing'),
    CONSTRAINT "processing_switch_reason_check" CHECK (NOT "paused" OR "reason" IS NOT NULL)
);

INSERT INTO "processing_switch" ("id") VALUES ('processing') ON CONFLICT ("id") DO NOTHING;
