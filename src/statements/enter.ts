// The part of an import that runs in its transaction: looks the creators up, locks them, plans, decides, writes.
import type { Queryable } from '../db/connect.js';
import { formerCreators } from './aliases.js';
import { assign, type Nobody, type Rejected, type Wanted } from './assign.js';
import { findCreators } from './creators.js';
import { TotalChangedError } from './errors.js';
import type { StatementFormat } from './format.js';
import type { BadGroups } from './list-problems.js';
import { type Plan, planStatements } from './plan.js';
import type { ImportReport } from './report.js';
import { saveImport } from './save.js';
import {
  findImport,
  findOverlaps,
  findStatements,
  type Holder,
  lockFile,
  type PreviousImport,
  readCarries,
} from './stored.js';
import type { Counted } from './tally.js';
import { tellRows } from './tell.js';

export interface ImportJob {
  /** Without its folder. */
  fileName: string;
  sha256: string;
  currency: string;
  actor: string;
  requestId: string | undefined;
  reason?: string | undefined;
  dryRun: boolean;
  skipBad: boolean;
  /** Lets in what shares days with earlier statements. */
  allowOverlap: boolean;
  /** Where the statements come to another sum, nothing goes in. */
  expectedCents: bigint | undefined;
}

/** The report names no bad rows yet: they are those that cannot be read, and all of these groups. */
export interface Entered {
  report: ImportReport;
  badGroups: BadGroups;
}

/** Changes nothing but the database, so it may run again after a deadlock. @throws TotalChangedError */
export async function enterRows(
  db: Queryable,
  job: ImportJob,
  format: StatementFormat,
  tally: Counted,
): Promise<Entered> {
  if (!job.dryRun) await lockFile(db, job.sha256);
  const before = await findImport(db, job.sha256);
  if (before) return { report: alreadyImported(job, before), badGroups: new Map() };
  const { plan, nobodies } = await makePlan(db, job, format, tally);
  const good = plan.statements.reduce((rows, statement) => rows + statement.rows, 0);
  const goesIn = good > 0 && (good === tally.rows || job.skipBad);
  if (goesIn && !job.dryRun) assertExpected(plan, job.expectedCents);
  const record = { ...job, format: format.id, rows: tally.rows, skippedRows: tally.rows - good };
  const report: ImportReport = {
    ...outcome(job, goesIn),
    ...file(job, format.id),
    importId: goesIn && !job.dryRun ? await saveImport(db, record, plan) : null,
    ...tellRows(tally, nobodies, plan, goesIn || job.dryRun),
    previousImport: null,
  };
  return { report, badGroups: badGroupsOf([...nobodies, ...plan.rejected]) };
}

function assertExpected({ statements }: Plan, expectedCents: bigint | undefined): void {
  const total = statements.reduce((sum, { cents }) => sum + cents, 0n);
  if (expectedCents !== undefined && expectedCents !== total) throw new TotalChangedError(String(total));
}

const badGroupsOf = (rejected: readonly Rejected[]): BadGroups =>
  new Map(
    rejected.flatMap(({ groups, code, reason }) => groups.map((id) => [id, { code, reason }] as const)),
  );

/** The locks come before anything is read that another import could change: carries and existing statements. */
async function makePlan(
  db: Queryable,
  job: ImportJob,
  format: StatementFormat,
  tally: Counted,
): Promise<{ plan: Plan; nobodies: Nobody[] }> {
  const keys = new Set([...tally.groups.values()].map(({ creatorKey }) => creatorKey));
  const found = await findCreators(db, format.creatorsBy, [...keys]);
  const { wanted, nobodies } = assign(format.id, tally.groups.values(), found);
  const holders = await holdersOf(db, format, wanted, keys);
  const creatorIds = [...new Set(holders.map(({ creatorId }) => creatorId))];
  const externalIds = wanted.map(({ externalId }) => externalId);
  const carries = await readCarries(db, creatorIds, !job.dryRun);
  const same = await findStatements(db, externalIds);
  const overlapping = await findOverlaps(db, format.id, holders);
  return { plan: planStatements(wanted, carries, { same, overlapping }, job.allowOverlap), nobodies };
}

/** The creator of each, and whom its names led to before: what an earlier file brought may be theirs. */
async function holdersOf(
  db: Queryable,
  { creatorsBy }: StatementFormat,
  wanted: readonly Wanted[],
  keys: ReadonlySet<string>,
): Promise<Holder[]> {
  const former = creatorsBy === 'alias' ? await formerCreators(db, keys) : new Map<string, Set<string>>();
  return wanted.flatMap((one) => {
    const before = one.creatorKeys.flatMap((key) => [...(former.get(key) ?? [])]);
    return [...new Set([one.creator.id, ...before])].map((creatorId) => ({ wanted: one, creatorId }));
  });
}

function outcome(job: ImportJob, goesIn: boolean): Pick<ImportReport, 'outcome' | 'wouldBe'> {
  const result = goesIn ? 'imported' : 'refused';
  return job.dryRun ? { outcome: 'dry_run', wouldBe: result } : { outcome: result, wouldBe: null };
}

function file({ fileName, sha256, currency }: ImportJob, format: string) {
  return { fileName, sha256, currency, format };
}

/** The report on a file that went in before: nothing is done and nothing of it is counted again. */
export function alreadyImported(job: ImportJob, before: PreviousImport): ImportReport {
  const nothing: Counted = { rows: before.rows, groups: new Map(), counts: new Map() };
  const noPlan: Plan = { statements: [], rejected: [], carries: new Map() };
  return {
    outcome: 'already_imported',
    wouldBe: null,
    ...file(job, before.format),
    importId: null,
    ...tellRows(nothing, [], noPlan, false),
    previousImport: before,
  };
}
