-- What Stripe still asks of a creator before it lets it be paid, as it last said. Idempotent.
ALTER TABLE "creators" ADD COLUMN IF NOT EXISTS "requirements" JSONB;
