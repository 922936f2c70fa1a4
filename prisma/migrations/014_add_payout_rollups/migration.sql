-- What summaries and analytics are read from: sums for each day (UTC) and creator, so that a million payouts cost what one
-- does. Additive and idempotent.
--
-- Each change of payouts appends its figures to payout_deltas in the same statement, where no writer waits for another.
-- A fold moves them into payout_rollups now and then. Who reads adds up both, so it is exact whether or when one folds.
-- "scope" is a creator's id, or '*' for all of them together.

CREATE TABLE IF NOT EXISTS "payout_deltas" (
    "scope" TEXT NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "currency" TEXT NOT NULL,
    "day" DATE NOT NULL,
    -- By how many payouts each status grew (below zero: shrank), and by how much money.
    "in_pending_count" BIGINT NOT NULL DEFAULT 0,
    "in_pending_cents" BIGINT NOT NULL DEFAULT 0,
    "in_processing_count" BIGINT NOT NULL DEFAULT 0,
    "in_processing_cents" BIGINT NOT NULL DEFAULT 0,
    "in_completed_count" BIGINT NOT NULL DEFAULT 0,
    "in_completed_cents" BIGINT NOT NULL DEFAULT 0,
    "in_failed_count" BIGINT NOT NULL DEFAULT 0,
    "in_failed_cents" BIGINT NOT NULL DEFAULT 0,
    -- What happened: see payouts/rollup-figures.ts.
    "created_count" BIGINT NOT NULL DEFAULT 0,
    "created_cents" BIGINT NOT NULL DEFAULT 0,
    "completed_count" BIGINT NOT NULL DEFAULT 0,
    "completed_cents" BIGINT NOT NULL DEFAULT 0,
    "completed_ms" BIGINT NOT NULL DEFAULT 0,
    "failed_count" BIGINT NOT NULL DEFAULT 0,
    "failed_cents" BIGINT NOT NULL DEFAULT 0,
    "reversed_count" BIGINT NOT NULL DEFAULT 0,
    "reversed_cents" BIGINT NOT NULL DEFAULT 0,
    "refused_count" BIGINT NOT NULL DEFAULT 0,
    "retried_count" BIGINT NOT NULL DEFAULT 0,
    "recovered_count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "payout_deltas_pkey" PRIMARY KEY ("scope", "id")
);

-- The rows come and go: what is gone is cleared away early, or a look at the few that are left would step over it.
ALTER TABLE "payout_deltas" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE IF NOT EXISTS "payout_rollups" (
    "scope" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    -- '-infinity': of all days together.
    "day" DATE NOT NULL,
    "in_pending_count" BIGINT NOT NULL DEFAULT 0,
    "in_pending_cents" BIGINT NOT NULL DEFAULT 0,
    "in_processing_count" BIGINT NOT NULL DEFAULT 0,
    "in_processing_cents" BIGINT NOT NULL DEFAULT 0,
    "in_completed_count" BIGINT NOT NULL DEFAULT 0,
    "in_completed_cents" BIGINT NOT NULL DEFAULT 0,
    "in_failed_count" BIGINT NOT NULL DEFAULT 0,
    "in_failed_cents" BIGINT NOT NULL DEFAULT 0,
    "created_count" BIGINT NOT NULL DEFAULT 0,
    "created_cents" BIGINT NOT NULL DEFAULT 0,
    "completed_count" BIGINT NOT NULL DEFAULT 0,
    "completed_cents" BIGINT NOT NULL DEFAULT 0,
    "completed_ms" BIGINT NOT NULL DEFAULT 0,
    "failed_count" BIGINT NOT NULL DEFAULT 0,
    "failed_cents" BIGINT NOT NULL DEFAULT 0,
    "reversed_count" BIGINT NOT NULL DEFAULT 0,
    "reversed_cents" BIGINT NOT NULL DEFAULT 0,
    "refused_count" BIGINT NOT NULL DEFAULT 0,
    "retried_count" BIGINT NOT NULL DEFAULT 0,
    "recovered_count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "payout_rollups_pkey" PRIMARY KEY ("scope", "currency", "day")
);

-- Makes both anew from the audit, which has every change; what was changed before there was an audit is told by the
-- payout as it stands. For rows that came in by another way than the engine, and for an update during which the version
-- before it still wrote. Nobody writes payouts meanwhile: some 15 seconds for a million of them.
CREATE OR REPLACE FUNCTION rebuild_payout_rollups() RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE payouts, payout_deltas, payout_rollups IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM payout_deltas;
    DELETE FROM payout_rollups;
    INSERT INTO payout_rollups (scope, currency, day,
        in_pending_count, in_pending_cents, in_processing_count, in_processing_cents,
        in_completed_count, in_completed_cents, in_failed_count, in_failed_cents,
        created_count, created_cents, completed_count, completed_cents, completed_ms, failed_count, failed_cents,
        reversed_count, reversed_cents, refused_count, retried_count, recovered_count)
    WITH audited AS (
        SELECT p.creator_id, p.currency, a.occurred_at AS moment, (a.before->>'status')::"PayoutStatus" AS from_status,
            (a.after->>'status')::"PayoutStatus" AS to_status, p.amount_cents AS cents, p.created_at, a.action,
            a.after->>'nextAttemptAt' IS NULL AS final, (a.after->>'retryCount')::int AS retries,
            (a.action IN ('retry_requested', 'retry_claimed'))::int AS retried
        FROM audit_events a JOIN payouts p ON p.id = a.payout_id
    ), untold AS (
        SELECT p.*, COALESCE((first.before->>'status')::"PayoutStatus", p.status) AS known_status,
            LEAST(CASE WHEN p.status = 'COMPLETED' THEN p.processed_at END, p.updated_at, first.occurred_at) AS known_at,
            first.payout_id IS NULL AS unchanged
        FROM payouts p LEFT JOIN LATERAL (
            SELECT payout_id, before, occurred_at FROM audit_events WHERE payout_id = p.id ORDER BY version LIMIT 1) first
            ON true
        WHERE first.payout_id IS NULL OR first.before->>'status' IS NOT NULL
    ), changes AS (
        SELECT * FROM audited
        UNION ALL
        SELECT creator_id, currency, created_at, NULL, 'PENDING', amount_cents, created_at, 'created', true, 0, 0 FROM untold
        UNION ALL
        SELECT creator_id, currency, known_at, 'PENDING', known_status, amount_cents, created_at, 'unknown',
            next_attempt_at IS NULL, CASE WHEN unchanged THEN retry_count ELSE 0 END,
            CASE WHEN unchanged THEN retry_count ELSE 0 END
        FROM untold WHERE known_status <> 'PENDING'
    )
    SELECT COALESCE(creator_id, '*'), currency, COALESCE(moment::date, '-infinity'),
        count(*) FILTER (WHERE to_status = 'PENDING') - count(*) FILTER (WHERE from_status = 'PENDING'),
        COALESCE(sum(cents) FILTER (WHERE to_status = 'PENDING'), 0)
            - COALESCE(sum(cents) FILTER (WHERE from_status = 'PENDING'), 0),
        count(*) FILTER (WHERE to_status = 'PROCESSING') - count(*) FILTER (WHERE from_status = 'PROCESSING'),
        COALESCE(sum(cents) FILTER (WHERE to_status = 'PROCESSING'), 0)
            - COALESCE(sum(cents) FILTER (WHERE from_status = 'PROCESSING'), 0),
        count(*) FILTER (WHERE to_status = 'COMPLETED') - count(*) FILTER (WHERE from_status = 'COMPLETED'),
        COALESCE(sum(cents) FILTER (WHERE to_status = 'COMPLETED'), 0)
            - COALESCE(sum(cents) FILTER (WHERE from_status = 'COMPLETED'), 0),
        count(*) FILTER (WHERE to_status = 'FAILED') - count(*) FILTER (WHERE from_status = 'FAILED'),
        COALESCE(sum(cents) FILTER (WHERE to_status = 'FAILED'), 0)
            - COALESCE(sum(cents) FILTER (WHERE from_status = 'FAILED'), 0),
        count(*) FILTER (WHERE from_status IS NULL),
        COALESCE(sum(cents) FILTER (WHERE from_status IS NULL), 0),
        count(*) FILTER (WHERE to_status = 'COMPLETED'),
        COALESCE(sum(cents) FILTER (WHERE to_status = 'COMPLETED'), 0),
        COALESCE(sum(EXTRACT(epoch FROM moment - created_at) * 1000) FILTER (WHERE to_status = 'COMPLETED'), 0),
        count(*) FILTER (WHERE to_status = 'FAILED' AND final),
        COALESCE(sum(cents) FILTER (WHERE to_status = 'FAILED' AND final), 0),
        count(*) FILTER (WHERE action IN ('transfer_reversed', 'transfer_failed')),
        COALESCE(sum(cents) FILTER (WHERE action IN ('transfer_reversed', 'transfer_failed')), 0),
        count(*) FILTER (WHERE action = 'transfer_refused'),
        sum(retried),
        count(*) FILTER (WHERE to_status = 'COMPLETED' AND retries > 0)
    FROM changes
    GROUP BY GROUPING SETS (
        (creator_id, currency, moment::date), (creator_id, currency), (currency, moment::date), (currency));
END
$$;

-- What was there before the tables were.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM payout_rollups) AND NOT EXISTS (SELECT 1 FROM payout_deltas) THEN
        PERFORM rebuild_payout_rollups();
    END IF;
END
$$;
