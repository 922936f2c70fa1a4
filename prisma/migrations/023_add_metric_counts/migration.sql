-- What metrics count since the beginning, so that reading them costs the same however long the history is. Changes of
-- payouts are counted from the event log, which has them already: "metric_position" says up to where. Outcomes of Stripe's
-- events are not logged anywhere, so each one is appended to "webhook_deltas". The sweep folds both into "metric_counts";
-- who reads adds what is not folded yet. Additive and idempotent.

CREATE TABLE IF NOT EXISTS "metric_counts" (
    "metric" TEXT NOT NULL,
    -- What they are is the metric's: two statuses, a bound of seconds, an event's type and its outcome.
    "first_label" TEXT NOT NULL,
    "second_label" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "total_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "metric_counts_pkey" PRIMARY KEY ("metric", "first_label", "second_label")
);

CREATE TABLE IF NOT EXISTS "metric_position" (
    "id" TEXT NOT NULL DEFAULT 'metrics',
    -- Events of payouts up to this id are counted.
    "counted_id" BIGINT NOT NULL DEFAULT 0,
    -- Those up to this one are next, once every transaction that was open when it was chosen has ended: until then one
    -- with a lower id may still commit. An id and no place in the log, since ids outlive a restore into another server.
    "next_id" BIGINT NOT NULL DEFAULT 0,
    "next_xid" BIGINT NOT NULL DEFAULT 0,
    -- Each sweep says that there was one.
    "swept_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "metric_position_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "metric_position_single_check" CHECK ("id" = 'metrics')
);

CREATE TABLE IF NOT EXISTS "webhook_deltas" (
    "id" BIGSERIAL NOT NULL,
    "type" TEXT NOT NULL,
    "outcome" "WebhookOutcome" NOT NULL,

    CONSTRAINT "webhook_deltas_pkey" PRIMARY KEY ("id")
);

-- The rows come and go: what is gone is cleared away early.
ALTER TABLE "webhook_deltas" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE OR REPLACE FUNCTION webhook_events_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO webhook_deltas (type, outcome) VALUES (NEW.type, NEW.outcome);
    RETURN NULL;
END
$$;

-- What ends once more, after it was replayed, counts once more: a count never goes down.
CREATE OR REPLACE TRIGGER webhook_events_count AFTER UPDATE OF "outcome" ON "webhook_events"
    FOR EACH ROW WHEN (NEW."outcome" <> 'pending' AND NEW."outcome" <> OLD."outcome")
    EXECUTE FUNCTION webhook_events_count();

-- What there was before; nobody writes events meanwhile.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM metric_position) THEN
        LOCK TABLE webhook_events IN SHARE ROW EXCLUSIVE MODE;
        DELETE FROM webhook_deltas;
        INSERT INTO metric_counts (metric, first_label, second_label, count)
            SELECT 'webhook_events', type, outcome::text, count(*) FROM webhook_events
            WHERE outcome <> 'pending' GROUP BY type, outcome;
        INSERT INTO metric_position DEFAULT VALUES;
    END IF;
END
$$;
