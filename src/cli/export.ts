// payouts export: the list of payouts as CSV, as GET /exports/payouts.csv hands it out to an admin.
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { filterOf } from '../http/exports/filters.js';
import { CREATOR_READS, payoutsCsv } from '../http/exports/payouts-csv.js';
import { recordExport } from '../payouts/exports/record.js';
import { walkPayouts } from '../payouts/exports/walk.js';
import { countPayouts } from '../payouts/lists/count.js';
import type { ListedPayout } from '../payouts/lists/page-statement.js';
import type { Viewer } from '../payouts/viewer.js';
import { plural } from '../statements/terminal.js';
import { type CommandContext, withDatabase } from './context.js';
import { type Progress, showProgress } from './progress.js';

interface ExportFlags {
  status?: string;
  creator?: string;
  from?: string;
  to?: string;
  out?: string;
}

const HELP = `
The columns and their values are those of the API for admins. Cells that a spreadsheet would run have an apostrophe before
them. The export is in the audit, with its filter.`;

export function addExport(program: Command): void {
  program
    .command('export')
    .description('Writes payouts as CSV, newest first')
    .option('--status <statuses>', 'only these, such as FAILED,PENDING')
    .option('--creator <id>', "only this creator's: its id")
    .option('--from <time>', 'created then or later; a date or a date-time, UTC')
    .option('--to <time>', 'created before then')
    .option('--out <file>', 'writes there; without it, to standard output')
    .addHelpText('after', HELP)
    .action((flags: ExportFlags) => withDatabase((context) => run(context, flags)));
}

const OPERATOR: Viewer = { role: 'ADMIN', sub: 'operator' };

async function run({ config, db, actor }: CommandContext, flags: ExportFlags): Promise<void> {
  const { status, creator, from, to, out } = flags;
  const asked = Object.entries({ status, creatorId: creator, from, to }).filter(([, value]) => value);
  const filter = filterOf(new URLSearchParams(asked as [string, string][]));
  const total = await countPayouts(db.pool, OPERATOR, filter);
  await recordExport(db.pool, 'payouts_exported', { name: actor }, { ...filter });
  const progress = showProgress('written', total, false);
  const counted = { rows: 0 };
  const pages = watched(walkPayouts(db.pool, OPERATOR, filter, CREATOR_READS), counted, progress);
  const target = out ? createWriteStream(path.resolve(config.callerDir, out)) : process.stdout;
  try {
    await pipeline(Readable.from(payoutsCsv(pages, true)), target, { end: out !== undefined });
  } finally {
    progress.stop();
  }
  if (out) console.log(`${plural(counted.rows, 'payout')} written to ${out}.`);
}

async function* watched(
  pages: AsyncIterable<ListedPayout[]>,
  counted: { rows: number },
  progress: Progress,
): AsyncGenerator<ListedPayout[]> {
  for await (const page of pages) {
    yield page;
    counted.rows += page.length;
    progress.to(counted.rows);
  }
}
