// Text to rows, one at a time, each with the line it begins on.
import { pipeline } from 'node:stream/promises';
import { CsvError, type Options, parse } from 'csv-parse';
import { UnreadableFileError } from './errors.js';
import type { Row } from './format.js';
import type { Layout } from './recognise.js';

export interface FileRecord {
  row: Row;
  /** The line of the file that it begins on, from 1. */
  line: number;
}

/** What quoting gone wrong may hold in memory, at most. */
const MOST_CHARACTERS = 1024 * 1024;

/**
 * The rows below the header. Blank lines are passed over.
 * @throws UnreadableFileError if a stray quotation mark swallows rows: then no count or sum of them would be true
 */
export async function* records(text: AsyncIterable<string>, layout: Layout): AsyncGenerator<FileRecord> {
  const lines = new LineCounter(layout);
  const options: Options<FileRecord, string[]> = {
    ...LENIENT,
    delimiter: layout.delimiter,
    from_line: layout.headerLine + 1,
    on_record: (row, { lines: end }) => ({ row, line: lines.next(row, end) }),
  };
  const parser = parse(options as object); // its types know no records but arrays here
  const feeding = pipeline(text, parser);
  feeding.catch(() => undefined); // the parser throws the same below
  try {
    for await (const record of parser as AsyncIterable<FileRecord>) yield record;
  } catch (error) {
    throw error instanceof CsvError ? unclosedQuote(lines.last, error) : error;
  }
}

/** How many fields a row has is for the report to say, and a quote inside a title (12" Mix) is just a quote. */
const LENIENT = {
  record_delimiter: '\n',
  max_record_size: MOST_CHARACTERS,
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  skip_records_with_empty_values: true,
};

/** The parser tells the line on which a row ends; a row with line breaks inside quotes begins further up. */
class LineCounter {
  /** The line on which the last row ended. */
  last: number;
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.last = layout.headerLine;
  }

  next(row: Row, end: number): number {
    const start = end === this.last + 1 ? end : firstLine(row, end, this.#layout);
    this.last = end;
    return start;
  }
}

/** @throws UnreadableFileError if what stands in quotes may be rows */
function firstLine(row: Row, end: number, { header, delimiter }: Layout): number {
  const breaks = row.reduce((sum, field) => sum + count(field, '\n'), 0);
  const columns = header.names.length;
  if (breaks > 0 && (row.length !== columns || row.some((field) => holdsRows(field, delimiter, columns)))) {
    throw new UnreadableFileError(
      `A quotation mark on line ${end - breaks} has no partner before line ${end}, so the rows between them cannot ` +
        'be told apart. Remove it, or double it inside quotes.',
    );
  }
  return end - breaks;
}

/** Whether a field has as many delimiters as whole rows do: it is then no title with a line break in it. */
function holdsRows(field: string, delimiter: string, columns: number): boolean {
  const breaks = count(field, '\n');
  return breaks > 0 && count(field, delimiter) >= breaks * (columns - 1);
}

function count(field: string, part: string): number {
  return field.split(part).length - 1;
}

function unclosedQuote(lastLine: number, cause: CsvError): UnreadableFileError {
  return new UnreadableFileError(
    cause.code === 'CSV_MAX_RECORD_SIZE'
      ? `The row below line ${lastLine} has more than ${MOST_CHARACTERS} characters: a quotation mark in it is opened and ` +
          'never closed, or it is no row.'
      : `A quotation mark below line ${lastLine} is opened and never closed. Remove it, or close it.`,
    { cause },
  );
}
