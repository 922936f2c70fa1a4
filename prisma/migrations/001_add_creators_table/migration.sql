-- Who is paid. Idempotent: running it twice changes nothing.
CREATE TABLE IF NOT EXISTS "creators" (
    "id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "stripe_account_id" TEXT,
    "transfers_enabled" BOOLEAN NOT NULL DEFAULT false,
    "royalty_carry" DECIMAL(30,12) NOT NULL DEFAULT 0,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "creators_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX IF NOT EXISTS "creators_external_id_key" ON "creators"("external_id");
CREATE INDEX IF NOT EXISTS "creators_email_idx" ON "creators"("email");
CREATE INDEX IF NOT EXISTS "creators_stripe_account_id_idx" ON "creators"("stripe_account_id");
