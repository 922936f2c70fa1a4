// Which format a file has: told by its header, never by its name.
import { parse } from 'csv-parse/sync';
import { UnknownFormatError } from './errors.js';
import { Header, type StatementFormat } from './format.js';

export interface Layout {
  format: StatementFormat;
  header: Header;
  /** The line of the file that the header stands on, from 1. */
  headerLine: number;
  delimiter: Delimiter;
}

type Delimiter = '\t' | ',';

const DELIMITERS: readonly Delimiter[] = ['\t', ','];
/** A header stands within so many lines: some formats put a title or an account number above it. */
const LINES_TRIED = 10;
const CHARACTERS_TRIED = 64 * 1024;

/** Reads no further than it needs. @throws UnknownFormatError */
export async function recognise(
  text: AsyncIterable<string>,
  formats: readonly StatementFormat[],
): Promise<Layout> {
  const lines = (await beginning(text)).split('\n', LINES_TRIED);
  for (const [index, line] of lines.entries()) {
    const layout = layoutOf(line, index + 1, formats);
    if (layout) return layout;
  }
  throw new UnknownFormatError(firstOf(lines), formats);
}

async function beginning(text: AsyncIterable<string>): Promise<string> {
  let start = '';
  for await (const piece of text) {
    start += piece;
    if (start.length >= CHARACTERS_TRIED) break;
  }
  return start;
}

function layoutOf(line: string, headerLine: number, formats: readonly StatementFormat[]): Layout | undefined {
  for (const delimiter of DELIMITERS) {
    const header = new Header(cells(line, delimiter));
    const columns = new Set(header.folded);
    const format = formats.find((candidate) => candidate.recognises(columns));
    if (format) return { format, header, headerLine, delimiter };
  }
  return undefined;
}

function cells(line: string, delimiter: Delimiter): string[] {
  try {
    return parse(line, { delimiter, relax_quotes: true })[0] ?? [];
  } catch {
    return []; // a title above the header, with a quotation mark of its own
  }
}

/** The first line with anything on it, fit to be shown. */
function firstOf(lines: readonly string[]): string {
  const line = lines.find((candidate) => candidate.trim() !== '') ?? '';
  const visible = line.replace(/\p{Cc}+/gu, ' ').trim();
  return visible.length > 300 ? `${visible.slice(0, 300)}…` : visible;
}
