// Reads a file once more, for its bad rows: which they are is known when all of it has been read and looked up.
import type { Header, Row, StatementFormat } from './format.js';
import type { FileRecord } from './records.js';
import { type ProblemCode, RowError } from './row-error.js';
import { RowParser } from './row-parser.js';

export interface RowProblem {
  line: number;
  code: ProblemCode;
  reason: string;
}

export interface BadRow extends RowProblem {
  row: Row;
}

/** Why all rows of a creator and period are bad, by the id of their group. */
export type BadGroups = ReadonlyMap<string, Omit<RowProblem, 'line'>>;

/** The bad rows in the order of the file. */
export async function* badRows(
  rows: AsyncIterable<FileRecord>,
  { format, header }: { format: StatementFormat; header: Header },
  groups: BadGroups,
): AsyncGenerator<BadRow> {
  const parser = new RowParser(format, header);
  for await (const { row, line } of rows) {
    const problem = problemOf(parser, row, groups);
    if (problem) yield { line, row, code: problem.code, reason: problem.reason };
  }
}

function problemOf(parser: RowParser, row: Row, groups: BadGroups): Omit<RowProblem, 'line'> | undefined {
  try {
    parser.earned(row);
    return groups.get(parser.owner(row).id);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return { code: error.code, reason: error.message };
  }
}
