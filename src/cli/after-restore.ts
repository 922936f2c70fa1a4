// payouts after-restore: makes a database that was put back from a backup ready to be worked with, and says what to do next.
import type { Command } from 'commander';
import { afterRestore, type Restored } from '../payouts/restored.js';
import { plural } from '../statements/terminal.js';
import { withDatabase } from './context.js';
import { periodOf } from './reconcile.js';

const HELP = `
Run it while no process works with the database, after deploy/restore.sh, or after your provider has put the database back
to an earlier moment. It pauses processing, and lets Stripe be asked before anything is sent for a payout that stood in
the backup. Servers refuse to start on a restored database before it was run.`;

interface Flags {
  backupTime?: string;
  json?: boolean;
}

export function addAfterRestore(program: Command): void {
  program
    .command('after-restore')
    .description('Makes a database that was restored from a backup ready, with processing paused')
    .option('--backup-time <time>', 'of when the backup is, UTC; deploy/restore.sh has noted it')
    .option('--json', 'prints the result as JSON')
    .addHelpText('after', HELP)
    .action(async ({ backupTime, json }: Flags) => {
      const at = periodOf({ ...(backupTime && { from: backupTime }) })?.start ?? null;
      const restored = await withDatabase(({ db, actor }) => afterRestore(db.pool, at, { name: actor }));
      console.log(json ? JSON.stringify(restored) : tell(restored));
    });
}

/** Milliseconds: the clocks of ours and Stripe's may differ. */
const MARGIN_MS = 300_000;

/** Before the backup, so that no transfer since then is left out. */
export const reconcileFrom = (backupAt: Date): string =>
  `${new Date(backupAt.getTime() - MARGIN_MS).toISOString().slice(0, 19)}Z`;

function tell({ backupAt, renumbered, openPayouts }: Restored): string {
  return [
    `The database is of ${backupAt.toISOString()}. Processing is paused.`,
    `${plural(openPayouts, 'open payout')}: Stripe is asked about each before anything is sent.`,
    ...(renumbered ? ['The event log comes from another server and was numbered anew.'] : []),
    'Clients must read anew: the cursors that they hold have expired.',
    '',
    'Next:',
    `  npm run payouts -- reconcile --from ${reconcileFrom(backupAt)}`,
    '  npm run payouts -- adopt tr_…  for each unknown_transfer that it tells of: those were paid after the backup',
    '  start the processes, resume with the mutation resumeProcessing, and reconcile once more',
    '  npm run payouts -- verify && npm run payouts -- verify-audit',
  ].join('\n');
}
