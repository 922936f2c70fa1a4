// Cells that a spreadsheet shows and never runs, in lines that every reader of CSV takes apart in the same way.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvLines, harmless } from '../../../src/http/exports/csv.js';

it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\u00a0=1', '"=1"', `'=1`, '＝1', '＠A1'])(
  'lets no spreadsheet run %j',
  (text) => {
    expect(harmless(text)).toBe(`'${text}`);
    expect(parse(csvLines([[text]]))).toEqual([[`'${text}`]]);
  },
);

it.each([
  ['\t=1', `'\t'=1`],
  ["x;=cmd|' /C calc'!A0;", "x;'=cmd|' /C calc'!A0;"],
  ['x; "@SUM(A1)', `x; "'@SUM(A1)`],
  ['x\t-1;＝1', "x\t'-1;'＝1"],
  ['\r=1', `'\r'=1`],
  ['\n=1', `'\n'=1`],
  ['seen\n=1', "seen\n'=1"],
  ['seen\r\n "@SUM(A1)', `seen\r\n "'@SUM(A1)`],
])(
  'lets none run %j that parts cells at semicolons or tabs, and reads a quotation mark behind a comma as text',
  (text, told) => {
    expect(harmless(text)).toBe(told);
    expect(csvLines([[text]])).toMatch(/^"/);
    expect(parse(csvLines([[text]]))).toEqual([[told]]);
  },
);

it.each(['', 'a;b', 'Nova Reyes', 'a=b', '3-4', 'x@example.com', '"quoted"'])(
  'leaves %j as it is',
  (text) => {
    expect(harmless(text)).toBe(text);
  },
);

it('writes what every reader reads as it was, whatever is in it', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', ';', ' ', 'x') }),
    fc.integer(),
    fc.constant(null),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constant('#'), cell, cell), { minLength: 1 }), (rows) => {
      const read = parse(csvLines(rows), { record_delimiter: '\r\n' });
      const told = (one: string | number | null) =>
        typeof one === 'string' ? harmless(one) : String(one ?? '');
      expect(read).toEqual(rows.map((row) => row.map(told)));
    }),
    { numRuns: 500 },
  );
});
