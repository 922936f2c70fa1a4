// What an import says of itself: plain data that survives JSON. Exact amounts are decimal strings in units of the
// currency ("12.3456"); cents are whole.
import type { RowProblem } from './list-problems.js';
import type { ProblemCode } from './row-error.js';
import type { PreviousImport } from './stored.js';

export interface ImportReport {
  /**
   * `imported`: it went in. `refused`: nothing did, because of the problems. `already_imported`: these very bytes went
   * in before, see `previousImport`; nothing was done. `dry_run`: nothing was done, see `wouldBe`.
   */
  outcome: 'imported' | 'already_imported' | 'refused' | 'dry_run';
  /** What a dry run would have ended in; null otherwise. */
  wouldBe: 'imported' | 'refused' | null;
  /** Without its folder. */
  fileName: string;
  sha256: string;
  /** The format's id, see formats/list.ts. */
  format: string;
  currency: string;
  /** Null unless it went in. */
  importId: string | null;
  /** Rows below the header, bad ones included. */
  rows: number;
  /** The statements made; in a dry run, those that the good rows would make. */
  statements: ReportedStatement[];
  /** The first bad rows, by line; 200 at most. */
  problems: RowProblem[];
  /** All bad rows, by reason. */
  problemCounts: ReportedCount[];
  /** The names that lead to no creator, largest sum first; 1,000 at most. */
  unknownCreators: UnknownCreator[];
  /** How many there are in all. */
  unknownCreatorCount: number;
  totals: ReportTotals;
  previousImport: PreviousImport | null;
}

export interface ReportedStatement {
  externalId: string;
  creatorId: string;
  creator: string;
  /** ISO dates, both included. */
  periodStart: string;
  periodEnd: string;
  rows: number;
  amountCents: number;
  earned: string;
  carriedIn: string;
  carriedOut: string;
  /** The earlier statement that it shares days with, let in by the admin's word; null: there is none. */
  overlaps: { periodStart: string; periodEnd: string; fileName: string | null } | null;
}

export interface ReportedCount {
  code: ProblemCode;
  rows: number;
  /** Of those rows whose amount could be read. */
  sum: string;
  /** Rows whose amount could not. */
  unreadable: number;
}

export interface UnknownCreator {
  /** As the file spells it. */
  name: string;
  /** `ambiguous`: several creators answer to it. */
  reason: 'unknown' | 'ambiguous';
  rows: number;
  sum: string;
}

export interface ReportTotals {
  statements: number;
  /** Of the statements listed. */
  amountCents: string;
  goodRows: number;
  goodSum: string;
  badRows: number;
  /** Of those bad rows whose amount could be read. */
  badSum: string;
  /** Bad rows whose amount could not. */
  unreadableRows: number;
}
