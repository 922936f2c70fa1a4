-- When this database was put back from a backup. What stood in it then may have been paid since the backup, so Stripe is
-- asked before its first request too; and no process starts before "payouts after-restore" was run. Idempotent, and run by
-- deploy/restore.sh on databases that are older than it.
CREATE TABLE IF NOT EXISTS "restores" (
    "id" BIGSERIAL NOT NULL,
    -- The moment that the data are of: what happened at Stripe since is not in them.
    "backup_at" TIMESTAMP(3) NOT NULL,
    "restored_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- When the event log was made to go on in this server; null: not yet.
    "readied_at" TIMESTAMP(3),

    CONSTRAINT "restores_pkey" PRIMARY KEY ("id")
);
