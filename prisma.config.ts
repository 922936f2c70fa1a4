// Settings of the Prisma CLI, a development tool here: the service applies its migrations itself (src/db/migrate.ts).
import path from 'node:path';
import { defineConfig } from 'prisma/config';

// Prisma's own engine is a download; ours comes with npm. See the head of the script.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, 'prisma/schema-engine.mjs');

const url = process.env.DATABASE_URL;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Made by our migrations for Agenda, and unknown to the schema: without this, a diff would drop it.
  experimental: { externalTables: true },
  tables: { external: ['public.agenda_jobs'] },
  ...(url ? { datasource: { url } } : {}),
});
