// Why a single row is bad. Its file goes on being read, so that the report can name every bad row at once.

/**
 * - `wrong_columns`: the row has not as many fields as the header.
 * - `bad_amount`: the amount is missing, not a number, ambiguous, or finer than 12 decimals.
 * - `bad_creator`: the field that names the creator is empty or unreadable.
 * - `bad_period`: the month or the dates are missing or impossible.
 * - `unknown_creator`: no creator has this e-mail or id, or no alias this name.
 * - `ambiguous_creator`: several creators do.
 * - `overlap`: a statement of this format, creator and period exists from an earlier file.
 * - `period_overlap`: one of this format and creator exists that shares days with this period.
 * - `amount_too_large`: the statement that the row belongs to is more than a statement can hold.
 */
export type ProblemCode =
  | 'wrong_columns'
  | 'bad_amount'
  | 'bad_creator'
  | 'bad_period'
  | 'unknown_creator'
  | 'ambiguous_creator'
  | 'overlap'
  | 'period_overlap'
  | 'amount_too_large';

/** Thrown by what reads a row; caught where the rows are counted, never beyond. */
export class RowError extends Error {
  readonly code: ProblemCode;
  constructor(code: ProblemCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** A field as it may be quoted in a reason: short, and on one line. */
export function shown(field: string): string {
  const line = field.replace(/\p{Cc}+/gu, ' ').trim();
  return `"${line.length > 40 ? `${line.slice(0, 40)}…` : line}"`;
}
