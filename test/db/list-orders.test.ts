// Every order that a list has is one that an index has as well: a page is read where it begins, and nothing is sorted.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // The tables are empty: what is left is what could be done at all.
  await client.query('SET enable_seqscan = off; SET enable_sort = off; SET enable_incremental_sort = off');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const ORDERS: [table: string, column: string][] = [
  ['payouts', 'created_at'],
  ['payouts', 'updated_at'],
  ['payouts', 'amount_cents'],
  ['creators', 'created_at'],
  ['royalty_statements', 'period_start'],
  ['webhook_events', 'received_at'],
  ['alerts', 'opened_at'],
  ['reconciliation_runs', 'created_at'],
  ['reconciliation_items', 'found_at'],
];

/** What is looked for, and the index that finds it in the list's order. */
const LOOKED_FOR: [what: string, from: string, order: string, index: string][] = [
  [
    'creators that cannot be paid',
    'creators WHERE transfers_enabled = false',
    'created_at DESC, id DESC',
    'creators_transfers_enabled_created_at_id_idx',
  ],
  [
    'events of a payout',
    `webhook_events WHERE payload #>> '{data,object,metadata,payout_id}' = 'x'`,
    'received_at DESC, id DESC',
    'webhook_events_payout_idx',
  ],
];

test.each(LOOKED_FOR)('%s by an index of their own', async (_what, from, order, index) => {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT id FROM ${from} ORDER BY ${order} LIMIT 21`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain(index);
  expect(plan).not.toContain('Sort');
});

test.each(ORDERS)('%s by %s, both ways', async (table, column) => {
  for (const direction of ['ASC', 'DESC']) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM ${table} ORDER BY ${column} ${direction}, id ${direction} LIMIT 21`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan');
    expect(plan).not.toContain('Sort');
  }
});
