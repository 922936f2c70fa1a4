// What is below a cent, or below zero, waits for the creator's next statement: nothing is lost, nothing made up.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importStatements } from '../../src/statements/import.js';
import {
  addCreator,
  carryOf,
  createWorld,
  distrokidFile,
  ownFile,
  statementsOf,
  type World,
} from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function run(name: string, content: string) {
  const file = await world.file(name, content);
  return importStatements({ pool: world.pool }, { file, actor: 'admin-1', currency: 'usd' });
}

const months = Array.from({ length: 12 }, (_, index) => `2026-${String(index + 1).padStart(2, '0')}`);

it('pays a year of rows of 0.0003 to the last one', async () => {
  const creator = await addCreator(world, { name: 'Nova', aliases: ['Nova'] });
  for (const month of months) {
    const rows = Array.from({ length: 31 }, (): [string, string, string] => ['Nova', month, '0.0003']);
    expect(await run(`${month}.tsv`, distrokidFile(rows))).toMatchObject({ outcome: 'imported' });
  }
  const statements = await statementsOf(world, creator);
  expect(statements.map(({ cents }) => cents)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(await carryOf(world, creator)).toBe('0.0016'); // 12 × 31 × 0.0003 = 0.1116
});

it('takes the periods of one file in order of time, whatever the order of its rows', async () => {
  const creator = await addCreator(world, { name: 'Ida', aliases: ['Ida', 'Ida Q.'] });
  const rows = months.map((month, index): [string, string, string] => [
    index % 2 === 0 ? 'Ida' : 'ida  q.',
    month,
    '0.009',
  ]);
  await run('year.tsv', distrokidFile(rows.reverse()));
  expect((await statementsOf(world, creator)).map(({ cents, carriedIn }) => [cents, carriedIn])).toEqual([
    [0, '0'],
    [1, '0.009'],
    [1, '0.008'],
    [1, '0.007'],
    [1, '0.006'],
    [1, '0.005'],
    [1, '0.004'],
    [1, '0.003'],
    [1, '0.002'],
    [1, '0.001'],
    [0, '0'],
    [1, '0.009'],
  ]);
});

it('takes the period first that starts first', async () => {
  const creator = await addCreator(world, { name: 'Sol', email: 'sol@example.com' });
  await run(
    'sol.csv',
    ownFile([
      ['sol@example.com', '2026-08-01', '2026-08-31', '5'],
      ['sol@example.com', '2026-07-01', '2026-09-30', '-3'],
      ['sol@example.com', '2026-07-01', '2026-07-31', '-1'],
    ]),
  );
  expect((await statementsOf(world, creator)).map(({ carriedIn, cents }) => [carriedIn, cents])).toEqual([
    ['0', 0],
    ['-0.01', 0],
    ['-0.04', 1],
  ]);
});

it('carries what a recoup leaves below zero until earnings have made up for it', async () => {
  const creator = await addCreator(world, { name: 'Lanterns', aliases: ['Lanterns'] });
  await run('1.tsv', distrokidFile([['Lanterns', '2026-08', '10.5', '100.25']]));
  await run('2.tsv', distrokidFile([['Lanterns', '2026-09', '60']]));
  await run('3.tsv', distrokidFile([['Lanterns', '2026-10', '50.009']]));
  expect(await statementsOf(world, creator)).toMatchObject([
    { cents: 0, earned: '-89.75', carriedIn: '0', carriedOut: '-89.75' },
    { cents: 0, earned: '60', carriedIn: '-89.75', carriedOut: '-29.75' },
    { cents: 2025, earned: '50.009', carriedIn: '-29.75', carriedOut: '0.009' },
  ]);
});

it('carries from one format to another', async () => {
  const creator = await addCreator(world, { name: 'Åsa', email: 'asa@example.com', aliases: ['Åsa'] });
  await run('a.tsv', distrokidFile([['Åsa', '2026-08', '-0.5']]));
  await run('b.csv', ownFile([['asa@example.com', '2026-08-01', '2026-08-31', '170']]));
  expect((await statementsOf(world, creator)).map(({ cents }) => cents).sort()).toEqual([0, 120]);
  expect(await carryOf(world, creator)).toBe('0');
});

it('loses nothing between imports of the same creators at the same moment', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `Together ${index}`);
  const creators = await Promise.all(names.map((name) => addCreator(world, { name, aliases: [name] })));
  const files = months.map((month, index) => {
    // In turn from the first and from the last: without an order of locking they would wait for each other.
    const order = index % 2 === 0 ? names : names.toReversed();
    return distrokidFile(order.map((name): [string, string, string] => [name, month, '1.007']));
  });
  const reports = await Promise.all(files.map((content, index) => run(`${index}.tsv`, content)));
  expect(reports.map(({ outcome }) => outcome)).toEqual(months.map(() => 'imported'));
  for (const creator of creators) {
    const cents = (await statementsOf(world, creator)).reduce((sum, statement) => sum + statement.cents, 0);
    expect([cents, await carryOf(world, creator)]).toEqual([1208, '0.004']); // 12 × 1.007 = 12.084
  }
});

it('keeps amount = earned + carried in - carried out in every statement', async () => {
  const { rows } = await world.pool.query(
    `SELECT count(*)::int AS wrong FROM royalty_statements
     WHERE amount_cents / 100.0 <> earned + carried_in - carried_out OR carried_out >= 0.01`,
  );
  expect(rows).toEqual([{ wrong: 0 }]);
});
