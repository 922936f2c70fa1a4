-- The sums hold whoever writes payouts. What the engine changes it appends to payout_deltas by itself; new payouts, and
-- what any other statement changes (a data migration, a fix by hand, rows brought in), are appended by triggers, in the
-- same statement. A payout that the audit does not know counts as its row tells it. Of one that the audit knows, a change by
-- hand moves how many there are and how much money in each status; what happened to it is left as the audit has it.
-- TRUNCATE needs nothing: the audit refuses it. Additive and idempotent.

-- The end of an INSERT into payout_deltas or payout_rollups: the figures of changes, given as a query; "groups" are the
-- sums to make. A change has: creator_id, currency, moment, from_status, to_status, cents, created_at, action, final,
-- retries, retried; "stock" and "flow" say how often it counts in what is there and in what happened: 1, 0 or -1.
CREATE OR REPLACE FUNCTION payout_figures_sql(changes TEXT, groups TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT format($sql$
    (scope, currency, day,
        in_pending_count, in_pending_cents, in_processing_count, in_processing_cents,
        in_completed_count, in_completed_cents, in_failed_count, in_failed_cents,
        created_count, created_cents, completed_count, completed_cents, completed_ms, failed_count, failed_cents,
        reversed_count, reversed_cents, refused_count, retried_count, recovered_count)
    SELECT * FROM (
        SELECT COALESCE(creator_id, '*'), currency, COALESCE(moment::date, '-infinity'),
            COALESCE(sum(stock) FILTER (WHERE to_status = 'PENDING'), 0)
                - COALESCE(sum(stock) FILTER (WHERE from_status = 'PENDING'), 0) AS pending,
            COALESCE(sum(stock * cents) FILTER (WHERE to_status = 'PENDING'), 0)
                - COALESCE(sum(stock * cents) FILTER (WHERE from_status = 'PENDING'), 0) AS pending_cents,
            COALESCE(sum(stock) FILTER (WHERE to_status = 'PROCESSING'), 0)
                - COALESCE(sum(stock) FILTER (WHERE from_status = 'PROCESSING'), 0) AS processing,
            COALESCE(sum(stock * cents) FILTER (WHERE to_status = 'PROCESSING'), 0)
                - COALESCE(sum(stock * cents) FILTER (WHERE from_status = 'PROCESSING'), 0) AS processing_cents,
            COALESCE(sum(stock) FILTER (WHERE to_status = 'COMPLETED'), 0)
                - COALESCE(sum(stock) FILTER (WHERE from_status = 'COMPLETED'), 0) AS completed,
            COALESCE(sum(stock * cents) FILTER (WHERE to_status = 'COMPLETED'), 0)
                - COALESCE(sum(stock * cents) FILTER (WHERE from_status = 'COMPLETED'), 0) AS completed_cents,
            COALESCE(sum(stock) FILTER (WHERE to_status = 'FAILED'), 0)
                - COALESCE(sum(stock) FILTER (WHERE from_status = 'FAILED'), 0) AS failed,
            COALESCE(sum(stock * cents) FILTER (WHERE to_status = 'FAILED'), 0)
                - COALESCE(sum(stock * cents) FILTER (WHERE from_status = 'FAILED'), 0) AS failed_cents,
            COALESCE(sum(flow) FILTER (WHERE from_status IS NULL), 0) AS f1,
            COALESCE(sum(flow * cents) FILTER (WHERE from_status IS NULL), 0) AS f2,
            COALESCE(sum(flow) FILTER (WHERE to_status = 'COMPLETED'), 0) AS f3,
            COALESCE(sum(flow * cents) FILTER (WHERE to_status = 'COMPLETED'), 0) AS f4,
            COALESCE(sum(flow * EXTRACT(epoch FROM moment - created_at) * 1000)
                FILTER (WHERE to_status = 'COMPLETED'), 0) AS f5,
            COALESCE(sum(flow) FILTER (WHERE to_status = 'FAILED' AND final), 0) AS f6,
            COALESCE(sum(flow * cents) FILTER (WHERE to_status = 'FAILED' AND final), 0) AS f7,
            COALESCE(sum(flow) FILTER (WHERE action IN ('transfer_reversed', 'transfer_failed')), 0) AS f8,
            COALESCE(sum(flow * cents) FILTER (WHERE action IN ('transfer_reversed', 'transfer_failed')), 0) AS f9,
            COALESCE(sum(flow) FILTER (WHERE action = 'transfer_refused'), 0) AS f10,
            COALESCE(sum(flow * retried), 0) AS f11,
            COALESCE(sum(flow) FILTER (WHERE to_status = 'COMPLETED' AND retries > 0), 0) AS f12
        FROM (%s) AS changes
        GROUP BY GROUPING SETS (%s)
    ) AS figures
    -- What takes away as much as it adds says nothing.
    WHERE NOT 0 = ALL (ARRAY[pending, pending_cents, processing, processing_cents, completed, completed_cents, failed,
        failed_cents, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12])
    $sql$, changes, groups)
$$;

-- Of the rows of a query, each with "sign": what it says about them. For a payout that the audit does not know: it was
-- created, and came to its status in one step.
CREATE OR REPLACE FUNCTION payout_changes_sql(rows TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT format($sql$
    WITH given AS (%s), untold AS (
        SELECT g.*, LEAST(CASE WHEN status = 'COMPLETED' THEN processed_at END, updated_at) AS known_at
        FROM given g WHERE NOT EXISTS (SELECT FROM audit_events a WHERE a.payout_id = g.id)
    )
    SELECT creator_id, currency, created_at AS moment, NULL::"PayoutStatus" AS from_status,
        'PENDING'::"PayoutStatus" AS to_status, amount_cents AS cents, created_at, 'created' AS action, true AS final,
        0 AS retries, 0 AS retried, sign AS stock, sign AS flow
    FROM untold
    UNION ALL
    SELECT creator_id, currency, known_at, 'PENDING', status, amount_cents, created_at, 'unknown',
        next_attempt_at IS NULL, retry_count, retry_count, sign, sign
    FROM untold WHERE status <> 'PENDING'
    UNION ALL
    SELECT creator_id, currency, now() AT TIME ZONE 'UTC', NULL, status, amount_cents, created_at, 'by_hand', true, 0,
        0, sign, 0
    FROM given g WHERE EXISTS (SELECT FROM audit_events a WHERE a.payout_id = g.id)
    $sql$, rows)
$$;

-- The query is planned for the rows that are there, since they may be one or a million.
CREATE OR REPLACE FUNCTION count_payouts_sql(rows TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT 'INSERT INTO payout_deltas ' || payout_figures_sql(payout_changes_sql(rows),
        '(creator_id, currency, moment::date), (currency, moment::date)')
$$;

-- Every new payout, the engine's too, which are all PENDING: those take the short way.
CREATE OR REPLACE FUNCTION payouts_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    others BOOLEAN;
BEGIN
    WITH counted AS (
        INSERT INTO payout_deltas
            (scope, currency, day, in_pending_count, in_pending_cents, created_count, created_cents)
        SELECT COALESCE(creator_id, '*'), currency, created_at::date, count(*), sum(amount_cents), count(*),
            sum(amount_cents)
        FROM inserted WHERE status = 'PENDING'
        GROUP BY GROUPING SETS ((creator_id, currency, created_at::date), (currency, created_at::date))
    )
    SELECT EXISTS (SELECT FROM inserted WHERE status <> 'PENDING') INTO others;
    IF others THEN
        EXECUTE count_payouts_sql($rows$SELECT *, 1 AS sign FROM inserted WHERE status <> 'PENDING'$rows$);
    END IF;
    RETURN NULL;
END
$$;

-- A statement's rows are looked at only where one of them was changed by hand: the engine, which counts its changes
-- itself, raises the version by one and the place in the log to this transaction at least.
CREATE OR REPLACE FUNCTION payouts_note_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.version <> OLD.version + 1 OR NEW.log_xid < pg_current_xact_id()::text::bigint)
        AND (NEW.creator_id, NEW.currency, NEW.amount_cents, NEW.status, NEW.retry_count, NEW.next_attempt_at IS NULL,
            NEW.processed_at, NEW.created_at, NEW.updated_at)
        IS DISTINCT FROM (OLD.creator_id, OLD.currency, OLD.amount_cents, OLD.status, OLD.retry_count,
            OLD.next_attempt_at IS NULL, OLD.processed_at, OLD.created_at, OLD.updated_at)
    THEN
        PERFORM set_config('payouts.by_hand', 'on', true);
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION payouts_count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('payouts.by_hand', 'off', true);
    EXECUTE count_payouts_sql('SELECT *, 1 AS sign FROM after UNION ALL SELECT *, -1 FROM before');
    RETURN NULL;
END
$$;

-- The engine deletes none.
CREATE OR REPLACE FUNCTION payouts_count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE count_payouts_sql('SELECT *, -1 AS sign FROM deleted');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER payouts_count_inserted AFTER INSERT ON "payouts"
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION payouts_count_inserted();
-- The condition is read anew by each statement: it is kept short, and the function asks the rest.
CREATE OR REPLACE TRIGGER payouts_note_by_hand BEFORE UPDATE ON "payouts" FOR EACH ROW
    WHEN (NEW.version = OLD.version OR NEW.log_xid = OLD.log_xid) EXECUTE FUNCTION payouts_note_by_hand();
CREATE OR REPLACE TRIGGER payouts_count_updated AFTER UPDATE ON "payouts"
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
    WHEN (current_setting('payouts.by_hand', true) = 'on') EXECUTE FUNCTION payouts_count_updated();
CREATE OR REPLACE TRIGGER payouts_count_deleted AFTER DELETE ON "payouts"
    REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION payouts_count_deleted();

-- How many payouts are in each status, and how much money, as the rows have it: what the sums must come to.
CREATE OR REPLACE FUNCTION payout_stock() RETURNS TABLE (scope TEXT, currency TEXT,
    in_pending_count BIGINT, in_pending_cents BIGINT, in_processing_count BIGINT, in_processing_cents BIGINT,
    in_completed_count BIGINT, in_completed_cents BIGINT, in_failed_count BIGINT, in_failed_cents BIGINT)
LANGUAGE sql STABLE AS $$
    SELECT COALESCE(p.creator_id, '*'), p.currency,
        count(*) FILTER (WHERE status = 'PENDING'),
        COALESCE(sum(amount_cents) FILTER (WHERE status = 'PENDING'), 0),
        count(*) FILTER (WHERE status = 'PROCESSING'),
        COALESCE(sum(amount_cents) FILTER (WHERE status = 'PROCESSING'), 0),
        count(*) FILTER (WHERE status = 'COMPLETED'),
        COALESCE(sum(amount_cents) FILTER (WHERE status = 'COMPLETED'), 0),
        count(*) FILTER (WHERE status = 'FAILED'),
        COALESCE(sum(amount_cents) FILTER (WHERE status = 'FAILED'), 0)
    FROM payouts p GROUP BY GROUPING SETS ((p.creator_id, p.currency), (p.currency))
$$;

-- Makes the sums anew. What is there: as the rows have it. What happened: as the audit has it, and where there was no
-- audit yet, as the row tells it. For rows that no trigger saw, as after a restore that turns triggers off, and for an
-- update during which the version before it still wrote. Nobody writes payouts meanwhile: some 15 seconds for a million.
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

-- What was written by hand before there were triggers.
DO $$
BEGIN
    LOCK TABLE payouts, payout_deltas, payout_rollups IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (
        SELECT FROM (
            SELECT s.*, 1 AS sign FROM payout_stock() s
            UNION ALL
            SELECT scope, currency, in_pending_count, in_pending_cents, in_processing_count, in_processing_cents,
                in_completed_count, in_completed_cents, in_failed_count, in_failed_cents, -1
            FROM payout_rollups WHERE day = '-infinity'
            UNION ALL
            SELECT scope, currency, in_pending_count, in_pending_cents, in_processing_count, in_processing_cents,
                in_completed_count, in_completed_cents, in_failed_count, in_failed_cents, -1
            FROM payout_deltas
        ) AS sums
        GROUP BY scope, currency
        HAVING NOT 0 = ALL (ARRAY[
            sum(sign * in_pending_count), sum(sign * in_pending_cents),
            sum(sign * in_processing_count), sum(sign * in_processing_cents),
            sum(sign * in_completed_count), sum(sign * in_completed_cents),
            sum(sign * in_failed_count), sum(sign * in_failed_cents)])
    ) THEN
        PERFORM rebuild_payout_rollups();
    END IF;
END
$$;

-- The accounts that nobody has told us of: few, and asked for at each sweep.
CREATE INDEX IF NOT EXISTS "creators_untold_account_idx" ON "creators"("stripe_account_id")
    WHERE "readiness_told_at" IS NULL AND NOT "transfers_enabled" AND "stripe_account_id" IS NOT NULL;
