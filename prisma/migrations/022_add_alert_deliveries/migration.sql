-- What was told of alerts, where: one row for each alert, channel and step. Additive and idempotent.

-- How far a channel has read which alerts changed. A channel is a name and an address: another address is another one.
CREATE TABLE IF NOT EXISTS "alert_channels" (
    "id" TEXT NOT NULL,
    -- All that this snapshot of Postgres sees was read; nothing before the first reading.
    "since" TEXT,
    "read_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- How often in a row it did not answer, and until when it is left alone for that.
    "failures" INTEGER NOT NULL DEFAULT 0,
    "paused_until" TIMESTAMP(3),

    CONSTRAINT "alert_channels_pkey" PRIMARY KEY ("id")
);

CREATE TABLE IF NOT EXISTS "alert_deliveries" (
    "alert_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "due_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMP(3),
    -- Why it was not taken.
    "error" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    -- The step "raised" stands for the alert in its channel: it alone bears what follows. Until "lease_until" one worker
    -- alone tells of the alert there; "lease" grows with each one that takes it, so that a late one is known as such.
    "lease" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMP(3),
    -- Which change of the alert (its log_xid) the channel was told of last, and when.
    "told_xid" BIGINT,
    "told_at" TIMESTAMP(3),

    CONSTRAINT "alert_deliveries_pkey" PRIMARY KEY ("alert_id", "channel", "step"),
    CONSTRAINT "alert_deliveries_alert_id_fkey" FOREIGN KEY ("alert_id")
        REFERENCES "alerts"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "alert_deliveries_step_check" CHECK ("step" IN ('raised', 'changed', 'acknowledged', 'resolved')),
    CONSTRAINT "alert_deliveries_state_check" CHECK ("state" IN ('waiting', 'sent', 'skipped', 'refused'))
);

-- What waits to be told: little, and looked for often.
CREATE INDEX IF NOT EXISTS "alert_deliveries_waiting_idx" ON "alert_deliveries"("channel", "due_at")
    WHERE "state" = 'waiting';
