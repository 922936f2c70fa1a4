// The database as the service needs it, before anything connects to it.
import path from 'node:path';
import type { ReadyConfig } from '../config.js';
import { ensureDatabase, MigrationError, migrate, pendingMigrations } from '../db/migrate.js';
import { assertReadied } from '../db/restored-log.js';

export const MIGRATIONS = path.join(import.meta.dirname, '../../prisma/migrations');

/** In production migrations are a step of their own, so that a rolling restart never runs them by surprise. */
export async function prepareDatabase(config: ReadyConfig): Promise<void> {
  await assertMigrated(config);
  // Nothing may be sent, and nobody told, from a database that does not know what was done after its backup.
  await assertReadied(config.database.url);
}

async function assertMigrated({ production, database }: ReadyConfig): Promise<void> {
  if (!production) {
    await ensureDatabase(database.url);
    await migrate(database.url, MIGRATIONS);
    return;
  }
  const pending = await pendingMigrations(database.url, MIGRATIONS);
  if (pending[0]) {
    const others = pending.length > 1 ? ` and ${pending.length - 1} more` : '';
    throw new MigrationError(pending[0], `is not applied${others}: run "npm run payouts -- migrate".`);
  }
}
