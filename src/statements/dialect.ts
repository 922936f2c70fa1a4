// Writes a table as one of the many kinds of text file that people call CSV.

export interface Dialect {
  delimiter: '\t' | ',';
  lineEnd: '\n' | '\r\n' | '\r';
  encoding: 'utf-8' | 'latin-1';
  /** Only with utf-8. */
  bom: boolean;
  /** Fields are quoted where they must be, or all of them. */
  quoting: 'needed' | 'all';
  /** The columns that are written, in this order; absent: all. */
  columns?: readonly string[];
  /** Other names for columns in the header. */
  renamed?: Readonly<Record<string, string>>;
  /** Lines above the header. */
  preamble?: readonly (readonly string[])[];
}

export const plainTsv: Dialect = {
  delimiter: '\t',
  lineEnd: '\n',
  encoding: 'utf-8',
  bom: false,
  quoting: 'needed',
};

/** Lines are gathered into pieces of about this many characters. */
const PIECE = 64 * 1024;

/** The file's bytes, piece by piece: as many rows as there are, in constant memory. */
export async function* writeTable(
  columns: readonly string[],
  rows: Iterable<Readonly<Record<string, string>>>,
  dialect: Dialect,
): AsyncGenerator<Buffer> {
  const names = dialect.columns ?? columns;
  const line = (fields: readonly string[]) =>
    fields.map((field) => quoted(field, dialect)).join(dialect.delimiter);
  let text = dialect.bom && dialect.encoding === 'utf-8' ? '\uFEFF' : '';
  const header = names.map((name) => dialect.renamed?.[name] ?? name);
  for (const fields of [...(dialect.preamble ?? []), header]) text += line(fields) + dialect.lineEnd;
  for (const row of rows) {
    text += line(names.map((name) => row[name] ?? '')) + dialect.lineEnd;
    if (text.length < PIECE) continue;
    yield encoded(text, dialect);
    text = '';
  }
  yield encoded(text, dialect);
}

function quoted(field: string, { delimiter, quoting }: Dialect): string {
  const needed = field.includes(delimiter) || /^"|[\r\n]/.test(field);
  return needed || quoting === 'all' ? `"${field.replaceAll('"', '""')}"` : field;
}

function encoded(text: string, { encoding }: Dialect): Buffer {
  return Buffer.from(text, encoding === 'latin-1' ? 'latin1' : 'utf8');
}
