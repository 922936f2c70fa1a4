-- The names under which distributors report a creator; kept by the admin, never guessed. Idempotent.
CREATE TABLE IF NOT EXISTS "creator_aliases" (
    "name_key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "creator_id" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "creator_aliases_pkey" PRIMARY KEY ("name_key"),
    CONSTRAINT "creator_aliases_creator_id_fkey" FOREIGN KEY ("creator_id")
        REFERENCES "creators"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX IF NOT EXISTS "creator_aliases_creator_id_idx" ON "creator_aliases"("creator_id");
