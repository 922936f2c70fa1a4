-- The key under which cursors of the event log are enciphered: one for all instances, made here once. It belongs to the
-- log and travels with it, so a database that is restored still knows the cursors that clients keep. Idempotent.
CREATE TABLE IF NOT EXISTS "cursor_key" (
    "id" TEXT NOT NULL DEFAULT 'cursor',
    "key" BYTEA NOT NULL,

    CONSTRAINT "cursor_key_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "cursor_key_single_check" CHECK ("id" = 'cursor'),
    CONSTRAINT "cursor_key_length_check" CHECK (octet_length("key") = 16)
);

-- 122 bits of it are random: more than anybody can guess.
INSERT INTO "cursor_key" ("key") VALUES (decode(replace(gen_random_uuid()::text, '-', ''), 'hex'))
    ON CONFLICT ("id") DO NOTHING;
