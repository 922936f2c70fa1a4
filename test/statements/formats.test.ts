// Each distributor's format by example: a file with its quirks goes in whole; one broken row keeps all of it out, and is
// named with its line and reason.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { importStatements } from '../../src/statements/import.js';
import { addCreator, createWorld, everything, statementsOf, type World } from './support.js';

let world: World;
/** Fresh for each test, so that no test's statements are another's overlap. */
let nova: string;
let artist: string;
let round = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

beforeEach(async () => {
  round += 1;
  artist = `Nova Reyes ${round}`;
  nova = await addCreator(world, { name: artist, email: `nova${round}@example.com`, aliases: [artist] });
});

async function run(content: string | Buffer, currency = 'usd') {
  const file = await world.file('no-name', content);
  return importStatements({ pool: world.pool }, { file, actor: 'admin-1', currency });
}

const soundcloud = (...rows: string[]) =>
  [
    '\uFEFF"Account ID","",""',
    '"8d1f3c2a-0000-4000-8000-000000000000","",""',
    '"Track","Artist(s)","Reporting Period","Revenue (USD)","Revenue Share (%)","Split Pay Share (%)"',
    ...rows,
    '',
  ].join('\r\n');

it('takes SoundCloud for Artists below its two lines, and takes no share off twice', async () => {
  const content = soundcloud(
    `"Harbour, at Night","${artist}","2026-08-01","1.000000000003","80","50"`,
    `"12"" Mix","${artist.toUpperCase()}","2026-08-31","0.0003","80","50"`,
    `"Slow Ferry","${artist}","Sep 2026","2","100","100"`,
  );
  expect(await run(content)).toMatchObject({ outcome: 'imported', format: 'soundcloud', rows: 3 });
  expect(await statementsOf(world, nova)).toMatchObject([
    { start: '2026-08-01', end: '2026-08-31', cents: 100, earned: '1.000300000003' },
    { start: '2026-09-01', end: '2026-09-30', cents: 200, carriedIn: '0.000300000003' },
  ]);
});

const ascap = (...rows: string[]) =>
  [
    'Statement Recipient Name,Party Name,Work Title,Performance Start Date,Performance End Date, Dollars,Performance Quarter',
    ...rows,
  ].join('\r');

it('takes ASCAP by the quarter: the member who is paid, amounts behind zeros, lines that end in CR', async () => {
  const content = ascap(
    `${artist},SOMEBODY ELSE,SLOW FERRY,,, 00000000000000000.00019,2Q2025`,
    `${artist},SOMEBODY ELSE,"FERRY, SLOW",,, 00000000000000012.50000,2q2025`,
    `${artist},SOMEBODY ELSE,SLOW FERRY,07/01/2025,09/30/2025,-00000000000000000.50000,`,
  );
  expect(await run(content)).toMatchObject({ outcome: 'imported', format: 'ascap', rows: 3 });
  expect(await statementsOf(world, nova)).toMatchObject([
    { start: '2025-04-01', end: '2025-06-30', cents: 1250, earned: '12.50019' },
    { start: '2025-07-01', end: '2025-09-30', cents: 0, earned: '-0.5', carriedOut: '-0.49981' },
  ]);
});

const abroad = (...rows: string[]) =>
  [
    'Statement Recipient Name\tPerformance Start Date\tPerformance End Date\tWork Title\t $ Amount',
    ...rows,
  ].join('\n');

it('takes what ASCAP collected abroad, in latin-1, beside the same quarter at home', async () => {
  const member = `Åsa ${round}`;
  const creator = await addCreator(world, { name: member, aliases: [member] });
  const rows = [
    `${member}\t4/1/2025\t06/30/2025\tÅNGSTRÖM\t 0000000003.25`,
    `${member}\t2025-04-01\t2025-06-30\tX\t1`,
  ];
  expect(await run(Buffer.from(abroad(...rows), 'latin1'))).toMatchObject({
    outcome: 'imported',
    format: 'ascap-international',
  });
  expect(await run(ascap(`${member},X,Y,,, 1.00,2Q2025`))).toMatchObject({ outcome: 'imported' });
  expect((await statementsOf(world, creator)).map(({ start, cents }) => [start, cents])).toEqual([
    ['2025-04-01', 425],
    ['2025-04-01', 100],
  ]);
});

it('refuses to take dollars for anything else', async () => {
  for (const content of [soundcloud(), ascap(), abroad()]) {
    await expect(run(content, 'eur')).rejects.toMatchObject({ code: 'WRONG_CURRENCY' });
  }
});

const good = () => `"Ferry","${artist}","2026-08-01","1","80","50"`;

it.each<[what: string, content: () => string, line: number, code: string, reason: RegExp]>([
  [
    'SoundCloud: no month',
    () => soundcloud(good(), `"F","${artist}","13/2026","1","80","50"`),
    5,
    'bad_period',
    /"13\/2026"/,
  ],
  [
    'SoundCloud: no amount',
    () => soundcloud(good(), `"F","${artist}","2026-08-01","","80","50"`),
    5,
    'bad_amount',
    /"" is/,
  ],
  [
    'SoundCloud: a field too few',
    () => soundcloud(good(), `"F","${artist}","2026-08-01","1","80"`),
    5,
    'wrong_columns',
    /5 fields, the header 6/,
  ],
  [
    'SoundCloud: nobody',
    () => soundcloud(good(), '"F","  ","2026-08-01","1","80","50"'),
    5,
    'bad_creator',
    /empty/,
  ],
  [
    'ASCAP: no such quarter',
    () => ascap(`${artist},P,W,,,1,1Q2025`, `${artist},P,W,,,1,5Q2025`),
    3,
    'bad_period',
    /"5Q2025" is not a quarter like 2Q2025/,
  ],
  [
    'ASCAP: no period at all',
    () => ascap(`${artist},P,W,,,1,1Q2025`, `${artist},P,W,,,1,`),
    3,
    'bad_period',
    /"" is not a quarter/,
  ],
  [
    'ASCAP: two numbers in one',
    () => ascap(`${artist},P,W,,, 000001.25 000002,1Q2025`),
    2,
    'bad_amount',
    /not an amount/,
  ],
  [
    'ASCAP: a name that nobody has',
    () => ascap(`${artist},P,W,,,1,1Q2025`, `Somebody,${artist},W,,,1,1Q2025`),
    3,
    'unknown_creator',
    /"Somebody"/,
  ],
  [
    'abroad: the day first',
    () => abroad(`${artist}\t01/01/2025\t31/03/2025\tW\t1`),
    2,
    'bad_period',
    /"31\/03\/2025" is not a date/,
  ],
  [
    'abroad: the end before the start',
    () => abroad(`${artist}\t04/01/2025\t03/31/2025\tW\t1`),
    2,
    'bad_period',
    /before it starts/,
  ],
  [
    'ours: no cents',
    () =>
      `creator_email,period_start,period_end,amount_cents\nnova${round}@example.com,2026-08-01,2026-08-31,1.5`,
    2,
    'bad_amount',
    /whole number of cents/,
  ],
  [
    'DistroKid: a day for a month',
    () => `Artist\tSale Month\tEarnings (USD)\n${artist}\t2026-08-01\t1`,
    2,
    'bad_period',
    /not a month/,
  ],
])('imports nothing of a broken file. %s', async (_, content, line, code, reason) => {
  const before = await everything(world);
  const report = await run(content());
  expect(report).toMatchObject({
    outcome: 'refused',
    problems: [{ line, code, reason: expect.stringMatching(reason) }],
  });
  expect(await everything(world)).toEqual(before);
});

it.each([
  ['"Account ID"\n"x"\n"Artist(s)","Revenue (USD)","Revenue Share (%)"', /"Reporting Period" is missing/],
  ['Sale Month\tEarnings (USD)\tTitle', /"Artist" is missing/],
  ['Work Title, $ Amount,Statement Recipient Name', /"Performance Start Date" is missing/],
  ['Dollars,Performance Quarter', /"Statement Recipient Name" is missing/],
  ['Dollars,Performance Quarter,Statement Recipient Name, dollars', /"Dollars" stands there twice/],
])('says which column of %j is missing, or there twice', async (header, message) => {
  await expect(run(`${header}\n`)).rejects.toMatchObject({
    code: 'BAD_HEADER',
    message: expect.stringMatching(message),
  });
});

it('refuses a file whose quotation mark swallows rows, whatever the format', async () => {
  const content = soundcloud(good(), `"Fer"ry,"${artist}","2026-08-01","1","80","50`, good());
  const before = await everything(world);
  await expect(run(content)).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  expect(await everything(world)).toEqual(before);
});
