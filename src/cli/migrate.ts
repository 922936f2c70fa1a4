// payouts migrate: brings the database up to date; a step of its own in production.
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { ensureDatabase, migrate } from '../db/migrate.js';
import { attach } from '../dev/embed.js';
import { MIGRATIONS } from '../wiring/database.js';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Applies the migrations that the database lacks')
    .option('--json', 'prints the names as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const parts = await attach(readConfig());
      try {
        const { url } = parts.config.database;
        await ensureDatabase(url);
        tell(await migrate(url, MIGRATIONS), json ?? false);
      } finally {
        await parts.stop();
      }
    });
}

function tell(applied: readonly string[], json: boolean): void {
  if (json) console.log(JSON.stringify({ applied }));
  else console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
}
