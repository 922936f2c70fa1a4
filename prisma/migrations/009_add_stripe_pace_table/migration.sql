-- When the next request to a Stripe endpoint may leave: one row for each, shared by all workers. Idempotent.
CREATE TABLE IF NOT EXISTS "stripe_pace" (
    "name" TEXT NOT NULL,
    "next_at" TIMESTAMP(6) NOT NULL,

    CONSTRAINT "stripe_pace_pkey" PRIMARY KEY ("name")
);
