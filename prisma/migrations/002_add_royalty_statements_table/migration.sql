-- What a creator earned in a period: what payouts are paid from. Idempotent.
CREATE TABLE IF NOT EXISTS "royalty_statements" (
    "id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "creator_id" TEXT NOT NULL,
    "period_start" DATE NOT NULL,
    "period_end" DATE NOT NULL,
    "amount_cents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'usd',
    "earned" DECIMAL(30,12),
    "carried_in" DECIMAL(30,12) NOT NULL DEFAULT 0,
    "carried_out" DECIMAL(30,12) NOT NULL DEFAULT 0,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "royalty_statements_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "royalty_statements_amount_cents_check" CHECK ("amount_cents" >= 0),
    CONSTRAINT "royalty_statements_period_check" CHECK ("period_start" <= "period_end"),
    CONSTRAINT "royalty_statements_creator_id_fkey" FOREIGN KEY ("creator_id")
        REFERENCES "creators"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

CREATE UNIQUE INDEX IF NOT EXISTS "royalty_statements_external_id_key" ON "royalty_statements"("external_id");
CREATE INDEX IF NOT EXISTS "royalty_statements_creator_id_period_start_idx"
    ON "royalty_statements"("creator_id", "period_start");
CREATE INDEX IF NOT EXISTS "royalty_statements_period_start_period_end_idx"
    ON "royalty_statements"("period_start", "period_end");
