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
const LOOKED_FOR: [what: string, statement: string, index: string][] = [
  [
    'creators that cannot be paid',
    'SELECT id FROM creators WHERE transfers_enabled = false ORDER BY created_at DESC, id DESC LIMIT 21',
    'creators_transfers_enabled_created_at_id_idx',
  ],
  [
    'events of several payouts',
    `SELECT found.id FROM unnest(ARRAY['x', 'y']) AS parent(id) CROSS JOIN LATERAL (
       SELECT t.id FROM webhook_events t WHERE t.payload #>> '{data,object,metadata,payout_id}' = parent.id
       ORDER BY t.received_at DESC, t.id DESC LIMIT 21) found`,
    'webhook_events_payout_idx',
  ],
];

test.each(LOOKED_FOR)('%s by an index of their own', async (_what, statement, index) => {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement}`);
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
