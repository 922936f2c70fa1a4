-- The statement files that went in: the hash of a file makes it change nothing the second time. Idempotent.
CREATE TABLE IF NOT EXISTS "statement_imports" (
    "id" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "row_count" INTEGER NOT NULL,
    "skipped_count" INTEGER NOT NULL DEFAULT 0,
    "statement_count" INTEGER NOT NULL,
    "amount_cents" BIGINT NOT NULL,
    "imported_by" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "statement_imports_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX IF NOT EXISTS "statement_imports_sha256_key" ON "statement_imports"("sha256");

ALTER TABLE "royalty_statements" ADD COLUMN IF NOT EXISTS "import_id" TEXT;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_constraint
        WHERE conname = 'royalty_statements_import_id_fkey' AND conrelid = '"royalty_statements"'::regclass
    ) THEN
        ALTER TABLE "royalty_statements" ADD CONSTRAINT "royalty_statements_import_id_fkey"
            FOREIGN KEY ("import_id") REFERENCES "statement_imports"("id") ON DELETE SET NULL ON UPDATE CASCADE;
    END IF;
END
$$;

CREATE INDEX IF NOT EXISTS "royalty_statements_import_id_idx" ON "royalty_statements"("import_id");
