-- Which transaction changed an alert last, so that whoever follows alerts can ask for what has changed since a moment,
-- and transactions that commit late are not missed. By a trigger, so that no statement can forget it. Idempotent.
ALTER TABLE "alerts" ADD COLUMN IF NOT EXISTS "log_xid" BIGINT NOT NULL DEFAULT 0;

CREATE INDEX IF NOT EXISTS "alerts_log_xid_id_idx" ON "alerts"("log_xid", "id");

CREATE OR REPLACE FUNCTION alerts_log_xid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.log_xid := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER alerts_log_xid BEFORE INSERT OR UPDATE ON "alerts"
    FOR EACH ROW EXECUTE FUNCTION alerts_log_xid();
