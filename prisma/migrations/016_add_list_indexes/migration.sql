-- The orders of lists that had no index yet: each page is read where it begins, however far down that is. Idempotent.
CREATE INDEX IF NOT EXISTS "creators_created_at_id_idx" ON "creators"("created_at" DESC, "id" DESC);
CREATE INDEX IF NOT EXISTS "royalty_statements_period_start_id_idx"
    ON "royalty_statements"("period_start" DESC, "id" DESC);

-- The second one serves conditions on the amount as well.
CREATE INDEX IF NOT EXISTS "payouts_updated_at_id_idx" ON "payouts"("updated_at" DESC, "id" DESC);
CREATE INDEX IF NOT EXISTS "payouts_amount_cents_id_idx" ON "payouts"("amount_cents" DESC, "id" DESC);
