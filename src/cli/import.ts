// payouts import FILE: brings in a statement file.
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { optionalReason } from '../payouts/reason.js';
import { formatReport } from '../statements/format-report.js';
import { type ImportProgress, importStatements } from '../statements/import.js';
import type { ImportReport } from '../statements/report.js';
import { withDatabase } from './context.js';

interface ImportFlags {
  dryRun?: boolean;
  skipBad?: boolean;
  allowOverlap?: boolean;
  reason?: string;
  json?: boolean;
}

export function addImport(program: Command): void {
  program
    .command('import')
    .argument('<file>', "our CSV, or a distributor's export; recognised by its header")
    .description('Makes royalty statements of a statement file')
    .option('--dry-run', 'says what it would do, and does nothing')
    .option('--skip-bad', 'leaves bad rows out; without it the file goes in whole or not at all')
    .option('--allow-overlap', 'lets in periods that share days with an earlier statement of the same source')
    .option('--reason <text>', 'why: kept in the audit')
    .option('--json', 'prints the report as JSON')
    .action(async (file: string, flags: ImportFlags) => {
      const report = await run(file, flags);
      console.log(flags.json ? JSON.stringify(report) : formatReport(report));
      if (report.outcome === 'refused') process.exitCode = 1;
    });
}

function run(file: string, flags: ImportFlags): Promise<ImportReport> {
  const reason = optionalReason(flags.reason);
  return withDatabase(async ({ config, db, actor }) => {
    const progress = progressBar(flags.json ?? false);
    try {
      return await importStatements(db, {
        file: path.resolve(config.callerDir, file),
        actor,
        reason,
        currency: config.limits.currency,
        dryRun: flags.dryRun,
        skipBad: flags.skipBad,
        allowOverlap: flags.allowOverlap,
        onProgress: progress.update,
      });
    } finally {
      progress.stop();
    }
  });
}

const WORDS = {
  checking: 'Checking',
  reading: 'Reading',
  saving: 'Saving',
  listing: 'Listing bad rows',
} as const;

/** On a terminal's error stream: what is piped on stays clean. */
function progressBar(quiet: boolean) {
  if (quiet || !process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: '{phase} {bar} {percentage}%  {rows} rows',
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
  });
  bar.start(1, 0, { phase: WORDS.checking, rows: 0 });
  return {
    update({ phase, bytes, totalBytes, rows }: ImportProgress) {
      bar.setTotal(Math.max(1, totalBytes));
      bar.update(bytes, { phase: WORDS[phase], rows });
    },
    stop: () => bar.stop(),
  };
}
