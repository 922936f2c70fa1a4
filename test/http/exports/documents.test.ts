// The documents that are read and printed: a payout's audit, a creator's year. Everything in them is text, whoever wrote it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDownload } from '../../../src/http/exports/downloads.js';
import { holdPayout, releasePayout } from '../../../src/payouts/control/decide.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { creatorViewer } from '../../graphql/ask.js';
import { pay, work } from '../../payouts/support.js';
import { ADMIN } from '../../support/running-app.js';
import { addCreator, addStatement, createWorld, type World } from '../../support/world.js';

const HOSTILE = '"><script>alert(1)</script>&amp;<img src=x onerror=y>';
const OPERATOR = { name: 'operator' };
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function get(path: string, viewer: Viewer = ADMIN) {
  const url = new URL(path, 'http://localhost');
  const download = await makeDownload({ pool: world.db.pool, viewer, url, requestId: 'r-1', isRead: true });
  let text = '';
  for await (const piece of download.body) text += piece;
  return { ...download, text };
}

/** The text of each row of the page's tables. */
const rowsOf = (text: string) =>
  [...text.matchAll(/<tr><td.*?<\/tr>/gs)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => cell.replace(/<[^>]+>/g, ' ').trim()),
  );

/** A page that names nothing to load and nothing to run. */
function expectHarmless(text: string, policy: string | undefined): void {
  expect(text).not.toMatch(/<script|<img|onerror=y>|<link|src=(?!x)/);
  expect(text).toContain('&#60;script&#62;alert(1)');
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'/,
  );
}

it('tells what was done to a payout: when, by whom, why, before and after, and that the chain holds', async () => {
  const { id, creatorId } = await pay(world);
  await world.db.pool.query('UPDATE creators SET display_name = $2 WHERE id = $1', [creatorId, HOSTILE]);
  await work(world);
  const { text, policy, fileName, type } = await get(`/exports/payouts/${id}/audit`);
  expect([fileName, type]).toEqual([`payout-${id}-audit.html`, 'text/html; charset=utf-8']);
  expectHarmless(text, policy);
  expect(text).toContain('Verified: all 3 rows hold, and none is missing.');
  const rows = rowsOf(text);
  expect(rows.map(([row, when, , what]) => [row, when?.slice(0, 2), what?.split(' ')[0]])).toEqual([
    ['1', '20', 'created'],
    ['2', '20', 'claimed'],
    ['3', '20', 'transfer'],
  ]);
  expect(rows[0]?.[5]).toMatch(/amount cents: \$\d+\.\d\d.*status: PENDING/s);
  expect(rows[1]?.[5]).toMatch(/^status: PENDING → PROCESSING$/);
  expect(rows[2]?.[5]).toMatch(/status: PROCESSING → COMPLETED/);
  expect(rows[2]?.[5]).toMatch(/stripe transfer id: tr_/);
});

it('tells of a decision that was taken back, and of the same one made again', async () => {
  const { id } = await pay(world);
  const decide = { payoutId: id, reason: 'a look at it' };
  await holdPayout(world.deps, decide, OPERATOR);
  await releasePayout(world.deps, { ...decide, reason: 'seen' }, OPERATOR);
  await holdPayout(world.deps, decide, OPERATOR);
  const { text } = await get(`/exports/payouts/${id}/audit`);
  const changes = rowsOf(text).map((row) => row[5]?.split(/\s{2,}/));
  expect(changes.slice(1)).toEqual([
    ['control: HELD', 'control reason: a look at it'],
    ['control: HELD → none', 'control reason: a look at it → none'],
    ['control: HELD', 'control reason: a look at it'],
  ]);
});

it('says which row of the audit does not hold', async () => {
  const { id } = await pay(world);
  await work(world);
  const { pool } = world.db;
  await pool.query('ALTER TABLE audit_events DISABLE TRIGGER ALL');
  await pool.query(`UPDATE audit_events SET actor = 'nobody' WHERE chain = $1 AND sequence = 2`, [id]);
  await pool.query(`DELETE FROM audit_events WHERE chain = $1 AND sequence = 3`, [id]);
  await pool.query('ALTER TABLE audit_events ENABLE TRIGGER ALL');
  const { text } = await get(`/exports/payouts/${Buffer.from(`Payout:${id}`).toString('base64')}/audit`);
  expect(text).toContain('The chain does not hold.');
  expect(text).toContain('<li>Row 2 was edited.</li>');
  expect(text).toContain('<li>Row 3 is missing at the end.</li>');
});

/** A year and its neighbours, in two currencies, with money taken back, and a bank. */
async function addYear(): Promise<string> {
  const { id } = await addCreator(world);
  const { pool } = world.db;
  await pool.query('UPDATE creators SET display_name = $2 WHERE id = $1', [id, HOSTILE]);
  const statement = await addStatement(world, id, 10_000, { start: '2025-01-01', end: '2025-01-31' });
  const rows: [string, number, string, string, string | null, number, string | null][] = [
    ['before', 900, 'usd', 'COMPLETED', '2024-12-31 23:59:59.999', 0, null],
    ['first', 1_000, 'usd', 'COMPLETED', '2025-01-01 00:00:00', 0, statement],
    ['second', 2_000, 'usd', 'COMPLETED', '2025-01-31 23:59:59.999', 500, null],
    ['third', 4_000, 'usd', 'COMPLETED', '2025-12-31 23:59:59.999', 0, null],
    ['euros', 700, 'eur', 'COMPLETED', '2025-12-01 12:00:00', 0, null],
    ['after', 800, 'usd', 'COMPLETED', '2026-01-01 00:00:00', 0, null],
    ['failed', 600, 'usd', 'FAILED', null, 0, null],
    // Brought in from elsewhere: nobody has written down when it was paid.
    ['brought-in', 50, 'usd', 'COMPLETED', null, 0, null],
  ];
  for (const [name, cents, currency, status, processedAt, reversed, statementId] of rows) {
    await pool.query(
      `INSERT INTO payouts (id, creator_id, amount_cents, currency, status, processed_at, amount_reversed_cents, stripe_transfer_id,
         royalty_statement_id, created_at, updated_at)
       VALUES ($1::text, $2, $3, $4, $5::text::"PayoutStatus", $6::timestamp, $7,
         CASE $5::text WHEN 'COMPLETED' THEN 'tr_' || $1::text END, $8, COALESCE($6::timestamp, '2025-06-01'), now())`,
      [`${name}-${id}`, id, cents, currency, status, processedAt, reversed, statementId],
    );
  }
  await pool.query(
    `INSERT INTO bank_payouts (id, creator_id, amount_cents, currency, status, arrives_on, told_at)
     VALUES ($1, $2, 3333, 'usd', 'paid', '2025-02-03', '2025-02-01')`,
    [`po_${id}`, id],
  );
  return id;
}

it('tells a creator of a year: sums by month, each payout, what went to the bank', async () => {
  const id = await addYear();
  const { text, policy } = await get('/exports/statement?year=2025', creatorViewer(id));
  expectHarmless(text, policy);
  expect(rowsOf(text)).toEqual([
    ['2025-01', '2', '$25.00'],
    ['2025-06', '1', '$0.50'],
    ['2025-12', '1', '€7.00'],
    ['2025-12', '1', '$40.00'],
    ['All', '4', '$65.50'],
    ['All', '1', '€7.00'],
    ['2025-01-01', `first-${id}`, 'Royalties 2025-01-01 to 2025-01-31', 'COMPLETED', '$10.00', ''],
    ['2025-01-31', `second-${id}`, '', 'COMPLETED', '$20.00', '$5.00'],
    ['2025-06-01', `brought-in-${id}`, '', 'COMPLETED', '$0.50', ''],
    ['2025-12-01', `euros-${id}`, '', 'COMPLETED', '€7.00', ''],
    ['2025-12-31', `third-${id}`, '', 'COMPLETED', '$40.00', ''],
    ['2025-06-01', `failed-${id}`, '', 'FAILED', '$6.00', ''],
    ['2025-02-01', 'paid', '2025-02-03', '$33.33'],
  ]);
  expect((await get(`/exports/statement?year=2025&creatorId=${id}`)).text).toBe(text);
  expect((await get('/exports/statement?year=2031', creatorViewer(id))).text).toContain(
    'Nothing was paid in 2031.',
  );
});

it('gives the same as CSV', async () => {
  const id = await addYear();
  const { text, type } = await get('/exports/statement?year=2025&format=csv', creatorViewer(id));
  expect(type).toMatch(/^text\/csv/);
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe(
    'date,reference,status,amountCents,amountReversedCents,currency,periodStart,periodEnd',
  );
  expect(lines[1]).toBe(`2025-01-01T00:00:00.000Z,first-${id},COMPLETED,1000,0,usd,2025-01-01,2025-01-31`);
  expect(lines).toHaveLength(7);
});
