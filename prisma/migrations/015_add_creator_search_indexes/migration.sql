-- Search of payouts by the beginning of a creator's name or e-mail, in whatever case. Idempotent.
CREATE INDEX IF NOT EXISTS "creators_lower_display_name_idx" ON "creators"(lower("display_name") text_pattern_ops);
CREATE INDEX IF NOT EXISTS "creators_lower_email_idx" ON "creators"(lower("email") text_pattern_ops);
