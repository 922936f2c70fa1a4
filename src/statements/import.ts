// Brings in a statement file: one royalty statement for each creator and period, all of them or none.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type pg from 'pg';
import { inTransaction } from '../db/transaction.js';
import { type Fingerprint, fileSize, fingerprint, readBytes, type StatementFile, watch } from './bytes.js';
import { alreadyImported, enterRows, type ImportJob } from './enter.js';
import { FileChangedError, StatementError, WrongCurrencyError } from './errors.js';
import type { StatementFormat } from './format.js';
import { formats } from './formats/list.js';
import { type BadGroups, badRows, type RowProblem } from './list-problems.js';
import { type Layout, recognise } from './recognise.js';
import { records } from './records.js';
import type { ImportReport } from './report.js';
import { findImport } from './stored.js';
import { Tally } from './tally.js';
import { toText } from './text.js';

export interface ImportDeps {
  pool: pg.Pool;
}

export interface ImportOptions {
  /** It is read more than once, so it cannot be a pipe. */
  file: StatementFile;
  /** What the report and the books call it: the last part of its path unless given. */
  fileName?: string | undefined;
  /** Who does it: the token's `sub`, or `system`. */
  actor: string;
  /** Of the request that brought it: kept in the audit. */
  requestId?: string | undefined;
  /** Why, in their words. */
  reason?: string | undefined;
  /** What payouts are in, in lower case. */
  currency: string;
  /** Says what would be done, and does nothing. */
  dryRun?: boolean | undefined;
  /** Leaves bad rows out; without it, one bad row keeps the whole file out. */
  skipBad?: boolean | undefined;
  /** Lets in periods that share days with an earlier statement of the same creator and format. */
  allowOverlap?: boolean | undefined;
  /** In whole cents: where the statements come to another sum, nothing goes in. */
  expectedCents?: bigint | undefined;
  /** Called with every chunk of the file; what it throws ends the import before anything is written. */
  onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface ImportProgress {
  /**
   * The file is read twice: `checking`, then `reading`. While `saving`, everything has been read; `listing` reads it
   * once more, where there are bad rows, when all is decided.
   */
  phase: 'checking' | 'reading' | 'saving' | 'listing';
  bytes: number;
  totalBytes: number;
  /** Rows read so far. */
  rows: number;
}

/**
 * Recognises the file by its header, sums its rows exactly, and writes statements, carried amounts, the import's row
 * and an audit row in one transaction. Memory grows with creators and periods, not with rows. The same bytes a second
 * time change nothing.
 * @throws UnknownFormatError, BadHeaderError, WrongCurrencyError, UnreadableFileError, FileChangedError,
 * TotalChangedError; a bad row is no error but stands in the report
 */
export async function importStatements(deps: ImportDeps, options: ImportOptions): Promise<ImportReport> {
  const print = await checkFile(options);
  const job = jobOf(options, print);
  const before = await findImport(deps.pool, print.sha256);
  if (before) return alreadyImported(job, before);
  const layout = await recognise(toText(readBytes(options.file), print.encoding), formats);
  checkCurrency(layout.format, options.currency);
  const tally = await readRows(options, print, layout);
  const { report, badGroups } = await inTransaction(deps.pool, (db) =>
    enterRows(db, job, layout.format, tally),
  );
  if (report.totals.badRows === 0) return report;
  return { ...report, problems: await listProblems(options, print, layout, badGroups) };
}

/** The first reading. */
async function checkFile(options: ImportOptions): Promise<Fingerprint> {
  const totalBytes = await fileSize(options.file);
  const tell = progressOf(options, 'checking', totalBytes, { rows: 0 });
  return fingerprint(watch(readBytes(options.file), tell));
}

function jobOf(options: ImportOptions, print: Fingerprint): ImportJob {
  return {
    fileName: options.fileName ?? (typeof options.file === 'string' ? path.basename(options.file) : 'upload'),
    sha256: print.sha256,
    currency: options.currency.toLowerCase(),
    actor: options.actor,
    requestId: options.requestId,
    reason: options.reason,
    dryRun: options.dryRun === true,
    skipBad: options.skipBad === true,
    allowOverlap: options.allowOverlap === true,
    expectedCents: options.expectedCents,
  };
}

function checkCurrency(format: StatementFormat, currency: string): void {
  if (format.currency !== null && format.currency !== currency.toLowerCase()) {
    throw new WrongCurrencyError(format.title, format.currency, currency);
  }
}

/** Bad rows that are listed one by one; the others are counted and summed all the same. */
const MOST_LISTED = 200;

/** The last reading, no further than it must. By then all is decided: a file that has gone meanwhile only ends the list. */
async function listProblems(
  options: ImportOptions,
  print: Fingerprint,
  layout: Layout,
  groups: BadGroups,
): Promise<RowProblem[]> {
  const tell = progressOf(options, 'listing', print.bytes, { rows: 0 });
  const rows = records(toText(watch(readBytes(options.file), tell), print.encoding), layout);
  const problems: RowProblem[] = [];
  try {
    for await (const { line, code, reason } of badRows(rows, layout, groups)) {
      if (problems.push({ line, code, reason }) === MOST_LISTED) break;
    }
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
  }
  return problems;
}

/** The second reading: everything the import needs to know of the rows. @throws FileChangedError */
async function readRows(options: ImportOptions, print: Fingerprint, layout: Layout): Promise<Tally> {
  const tally = new Tally(layout.format, layout.header);
  const tell = progressOf(options, 'reading', print.bytes, tally);
  const hash = createHash('sha256');
  const bytes = watch(readBytes(options.file), (chunk) => {
    hash.update(chunk);
    tell(chunk);
  });
  for await (const { row } of records(toText(bytes, print.encoding), layout)) tally.add(row);
  if (hash.digest('hex') !== print.sha256) throw new FileChangedError();
  options.onProgress?.({ phase: 'saving', bytes: print.bytes, totalBytes: print.bytes, rows: tally.rows });
  return tally;
}

function progressOf(
  options: ImportOptions,
  phase: ImportProgress['phase'],
  totalBytes: number,
  counted: { readonly rows: number },
): (chunk: Buffer) => void {
  let bytes = 0;
  return (chunk) => {
    bytes += chunk.length;
    options.onProgress?.({ phase, bytes, totalBytes, rows: counted.rows });
  };
}
