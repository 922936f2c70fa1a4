-- A worker may find that a payout needs an approval: a change that leaves it where it stands, and moves no sum.
-- Additive and idempotent.

-- Makes the sums anew, as before; see 017_count_payouts_whoever_writes and 025_add_payout_control.
CREATE OR REPLACE FUNCTION rebuild_payout_rollups() RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE payouts, payout_deltas, payout_rollups IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM payout_deltas;
    DELETE FROM payout_rollups;
    EXECUTE 'INSERT INTO payout_rollups ' || payout_figures_sql($changes$
        WITH audited AS (
            SELECT COALESCE(a.after->>'creatorId', p.creator_id) AS creator_id,
                COALESCE(a.after->>'currency', p.currency) AS currency, a.occurred_at AS moment,
                (a.before->>'status')::"PayoutStatus" AS from_status, (a.after->>'status')::"PayoutStatus" AS to_status,
                COALESCE((a.after->>'amountCents')::int, p.amount_cents) AS cents,
                COALESCE((a.after->>'createdAt')::timestamp, p.created_at) AS created_at, a.action,
                a.after->>'nextAttemptAt' IS NULL AS final, (a.after->>'retryCount')::int AS retries,
                (a.action IN ('retry_requested', 'retry_claimed'))::int AS retried, 1 AS stock, 1 AS flow
            FROM audit_events a JOIN payouts p ON p.id = a.payout_id
            -- These leave the payout where it stands.
            WHERE a.action NOT IN ('held', 'released', 'approved', 'approval_required')
        ), untold AS (
            SELECT COALESCE(first.after->>'creatorId', p.creator_id) AS creator_id,
                COALESCE(first.after->>'currency', p.currency) AS currency, p.created_at, p.next_attempt_at,
                COALESCE((first.after->>'amountCents')::int, p.amount_cents) AS amount_cents,
                COALESCE((first.before->>'status')::"PayoutStatus", p.status) AS known_status,
                LEAST(CASE WHEN p.status = 'COMPLETED' THEN p.processed_at END, p.updated_at, first.occurred_at) AS known_at,
                CASE WHEN first.payout_id IS NULL THEN p.retry_count ELSE 0 END AS known_retries
            FROM payouts p LEFT JOIN LATERAL (
                SELECT payout_id, before, after, occurred_at FROM audit_events WHERE payout_id = p.id
                ORDER BY version LIMIT 1) first
                ON true
            WHERE first.payout_id IS NULL OR first.before->>'status' IS NOT NULL
        )
        SELECT * FROM audited
        UNION ALL
        SELECT creator_id, currency, created_at, NULL, 'PENDING', amount_cents, created_at, 'created', true, 0, 0, 1, 1
        FROM untold
        UNION ALL
        SELECT creator_id, currency, known_at, 'PENDING', known_status, amount_cents, created_at, 'unknown',
            next_attempt_at IS NULL, known_retries, known_retries, 1, 1
        FROM untold WHERE known_status <> 'PENDING'
        $changes$, '(creator_id, currency, moment::date), (creator_id, currency), (currency, moment::date), (currency)');
    -- The audit does not know what was changed by hand.
    UPDATE payout_rollups SET in_pending_count = 0, in_pending_cents = 0, in_processing_count = 0,
        in_processing_cents = 0, in_completed_count = 0, in_completed_cents = 0, in_failed_count = 0, in_failed_cents = 0
    WHERE day = '-infinity' AND (scope, currency) NOT IN (SELECT scope, currency FROM payout_stock());
    INSERT INTO payout_rollups (scope, currency, day, in_pending_count, in_pending_cents, in_processing_count,
        in_processing_cents, in_completed_count, in_completed_cents, in_failed_count, in_failed_cents)
    SELECT s.scope, s.currency, '-infinity', s.in_pending_count, s.in_pending_cents, s.in_processing_count,
        s.in_processing_cents, s.in_completed_count, s.in_completed_cents, s.in_failed_count, s.in_failed_cents
    FROM payout_stock() s
    ON CONFLICT (scope, currency, day) DO UPDATE SET in_pending_count = EXCLUDED.in_pending_count,
        in_pending_cents = EXCLUDED.in_pending_cents, in_processing_count = EXCLUDED.in_processing_count,
        in_processing_cents = EXCLUDED.in_processing_cents, in_completed_count = EXCLUDED.in_completed_count,
        in_completed_cents = EXCLUDED.in_completed_cents, in_failed_count = EXCLUDED.in_failed_count,
        in_failed_cents = EXCLUDED.in_failed_cents;
END
$$;
