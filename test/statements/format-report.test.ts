import { expect, it } from 'vitest';
import { formatReport } from '../../src/statements/format-report.js';
import type { ImportReport } from '../../src/statements/report.js';

const statement = {
  externalId: 'distrokid:c1:2026-08-01:2026-08-31',
  creatorId: 'c1',
  creator: 'Nova Reyes',
  periodStart: '2026-08-01',
  periodEnd: '2026-08-31',
  rows: 10,
  amountCents: 123456,
  earned: '1234.567890123',
  carriedIn: '-0.0003',
  carriedOut: '0.007590123',
  overlaps: null,
};

const imported: ImportReport = {
  outcome: 'imported',
  wouldBe: null,
  fileName: 'august.tsv',
  sha256: 'abc',
  format: 'distrokid',
  currency: 'usd',
  importId: 'i1',
  rows: 10,
  statements: [statement],
  problems: [],
  problemCounts: [],
  unknownCreators: [],
  unknownCreatorCount: 0,
  totals: {
    statements: 1,
    amountCents: '123456',
    goodRows: 10,
    goodSum: '1234.567890123',
    badRows: 0,
    badSum: '0',
    unreadableRows: 0,
  },
  previousImport: null,
};

const refused: ImportReport = {
  ...imported,
  outcome: 'refused',
  importId: null,
  rows: 1_010,
  statements: [],
  problems: [
    { line: 3, code: 'unknown_creator', reason: 'no creator is known as "$(reboot) \u001b[2J"' },
    { line: 5, code: 'bad_amount', reason: '"x" is not an amount' },
    { line: 12, code: 'unknown_creator', reason: 'no creator is known as "$(reboot) \u001b[2J"' },
  ],
  problemCounts: [
    { code: 'bad_amount', rows: 1, sum: '0', unreadable: 1 },
    { code: 'unknown_creator', rows: 999, sum: '2000.5', unreadable: 0 },
  ],
  unknownCreators: [
    { name: 'The Lanterns', reason: 'unknown', rows: 900, sum: '1999' },
    { name: "It's $(reboot) \u001b[2J", reason: 'unknown', rows: 99, sum: '1.5' },
  ],
  unknownCreatorCount: 2,
  totals: {
    ...imported.totals,
    statements: 0,
    amountCents: '0',
    badRows: 1_000,
    badSum: '2000.5',
    unreadableRows: 1,
  },
};

it('tells what was imported', () => {
  expect(formatReport(imported)).toBe(
    [
      'Imported august.tsv (DistroKid bank details, 10 rows): 1 statement, $1,234.56.',
      '',
      '  CREATOR     PERIOD                    ROWS            EARNED  CARRIED IN   CARRIED OUT  STATEMENT',
      '  Nova Reyes  2026-08-01 to 2026-08-31    10  $1,234.567890123    -$0.0003  $0.007590123  $1,234.56',
    ].join('\n'),
  );
});

it('tells what is wrong and what to do next', () => {
  expect(formatReport(refused)).toBe(
    [
      'Nothing was imported of august.tsv (DistroKid bank details, 1,010 rows).',
      'Bad: 1,000 rows, $2,000.50, and 1 row whose amount cannot be read.',
      '',
      '  WHAT IS WRONG    ROWS        SUM',
      '  bad amount          1      $0.00',
      '  unknown creator   999  $2,000.50',
      '',
      '  REASON                                   LINES',
      '  no creator is known as "$(reboot) �[2J"  3, 12',
      '  "x" is not an amount                     5',
      '  … and 997 more rows',
      '',
      '  UNKNOWN CREATOR      ROWS        SUM',
      '  The Lanterns          900  $1,999.00',
      "  It's $(reboot) �[2J    99      $1.50",
      '',
      'What to do next:',
      '  Say who the unknown names are (CREATOR: e-mail address, external id or id):',
      '    npm run payouts -- alias "The Lanterns" CREATOR',
      "    npm run payouts -- alias 'It'\\''s $(reboot) �[2J' CREATOR",
      '  Put the bad rows right and import the file again, or leave them out with --skip-bad (10 good rows).',
    ].join('\n'),
  );
});

it('tells when and by whom a file went in before', () => {
  const previousImport = {
    id: 'i0',
    fileName: 'old.tsv',
    format: 'distrokid',
    importedAt: '2026-10-02T08:09:10.111Z',
    importedBy: 'admin-1',
    rows: 10,
    skippedRows: 2,
    statements: 1,
    amountCents: '123456',
  };
  expect(formatReport({ ...imported, outcome: 'already_imported', previousImport })).toBe(
    [
      'august.tsv (DistroKid bank details, 10 rows) was imported before. Nothing was changed.',
      '',
      'It went in as old.tsv on 2026-10-02 08:09 UTC by admin-1: 1 statement, $1,234.56.',
      '2 bad rows stayed out then.',
    ].join('\n'),
  );
});

it.each([
  ['imported', /would be imported: 1 statement, \$1,234\.56\.\n.*the same command without --dry-run/s],
  ['refused', /would be refused; its good rows alone: 1 statement, \$1,234\.56\.\n/],
] as const)('tells what a dry run would be: %s', (wouldBe, text) => {
  expect(formatReport({ ...imported, outcome: 'dry_run', wouldBe })).toMatch(text);
});

it('advises on our own format, on overlaps, and on rows that were left out', () => {
  const base = { ...refused, format: 'payouts-csv' };
  expect(formatReport(base)).toMatch(/Create the unknown creators/);
  expect(formatReport(base)).not.toMatch(/alias/);
  const unknownCreators = [{ name: 'x@example.com', reason: 'ambiguous' as const, rows: 1, sum: '1' }];
  expect(formatReport({ ...base, unknownCreators })).toMatch(/by their external id instead/);
  const problemCounts = [{ code: 'overlap' as const, rows: 1, sum: '1', unreadable: 0 }];
  expect(formatReport({ ...base, problemCounts })).toMatch(/overlap an earlier file/);
  expect(formatReport({ ...base, outcome: 'imported' })).toMatch(
    /Left out: 1,000 rows.*in a file of their own/s,
  );
});

it('says that a file has no rows, and shows other currencies', () => {
  const empty = {
    ...refused,
    rows: 0,
    problems: [],
    problemCounts: [],
    unknownCreators: [],
    unknownCreatorCount: 0,
  };
  const totals = { ...imported.totals, goodRows: 0 };
  expect(formatReport({ ...empty, totals })).toMatch(/It has no rows below its header\.$/);
  expect(formatReport({ ...imported, currency: 'chf' })).toContain('CHF 1,234.56.');
});
