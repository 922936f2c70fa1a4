// Payouts that are written by plain SQL, beside the engine: the sums hold all the same, at every step, and making them
// anew from the audit comes to the same.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Queryable } from '../../src/db/connect.js';
import type { Change } from '../../src/payouts/apply.js';
import { foldRollups } from '../../src/payouts/figures/fold.js';
import { payoutSummary } from '../../src/payouts/figures/summary.js';
import { countPayouts } from '../../src/payouts/lists/count.js';
import { FLOW_COLUMNS } from '../../src/payouts/rollup-figures.js';
import type { TransitionCause } from '../../src/payouts/transitions.js';
import { createWorld, openClient, type World } from '../support/world.js';
import { ADMIN_VIEWER, addPayee, change, create } from './rollups.js';

let world: World;
let creators: string[];
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  creators = [await addPayee(world), await addPayee(world)];
  // What a test before has made of histories that the audit tells in another way.
  await sql('SELECT rebuild_payout_rollups()');
});
afterAll(() => world.close());

const sql = (text: string, ...values: unknown[]) => world.db.pool.query(text, values);

const STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;

interface Standing {
  creator: string;
  currency: string;
  status: string;
  count: number;
  cents: number;
}

/** How many payouts are in each status, and how much money: as the rows have it, and as the summaries say. */
async function expectStock(db: Queryable): Promise<void> {
  const { rows } = await db.query<Standing>(
    `SELECT creator_id AS creator, currency, status, count(*)::int, sum(amount_cents)::int AS cents
     FROM payouts GROUP BY creator_id, currency, status`,
  );
  for (const creatorId of [null, ...creators])
    for (const currency of ['usd', 'eur']) {
      const summary = await payoutSummary(db, ADMIN_VIEWER, currency, creatorId);
      const own = rows.filter(
        (row) => row.creator === (creatorId ?? row.creator) && row.currency === currency,
      );
      const { pending, processing, completed, failed } = summary ?? {};
      const sums = [pending, processing, completed, failed];
      expect(sums, `${creatorId} in ${currency}`).toEqual(STATUSES.map((status) => added(own, status)));
    }
  expect(await countPayouts(db, ADMIN_VIEWER)).toBe(rows.reduce((all, { count }) => all + count, 0));
}

function added(rows: readonly Standing[], status: string) {
  const those = rows.filter((row) => row.status === status);
  return {
    count: those.reduce((all, { count }) => all + count, 0),
    amountCents: those.reduce((all, { cents }) => all + cents, 0),
  };
}

const FLOW_NAMES = FLOW_COLUMNS.split(', ');
const FLOW_SUMS = FLOW_NAMES.map((column) => `sum(${column}) AS ${column}`).join(', ');

/** What happened on each day, for each creator and for all. */
async function flows(db: Queryable) {
  const { rows } = await db.query(
    `SELECT scope, currency, day, ${FLOW_SUMS} FROM (
       SELECT scope, currency, day, ${FLOW_COLUMNS} FROM payout_rollups WHERE day <> '-infinity'
       UNION ALL SELECT scope, currency, day, ${FLOW_COLUMNS} FROM payout_deltas) AS figures
     GROUP BY scope, currency, day`,
  );
  return rows
    .filter((row) => FLOW_NAMES.some((column) => row[column] !== '0'))
    .map((row) => JSON.stringify(row))
    .sort();
}

/** The sums are right as they stand, and again once they are made anew; `sameFlows`: what happened stays the same too. */
async function expectExact(sameFlows = true): Promise<void> {
  await expectStock(world.db.pool);
  const client = await world.db.pool.connect();
  try {
    await client.query('BEGIN');
    const before = await flows(client);
    await client.query('SELECT rebuild_payout_rollups()');
    await expectStock(client);
    if (sameFlows) expect(await flows(client)).toEqual(before);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

interface Row {
  status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED';
  currency: string;
  cents: number;
  owner: number;
  retries: number;
  /** Days ago. */
  created: number;
  waits: boolean;
}

const rowArb: fc.Arbitrary<Row> = fc.record({
  status: fc.constantFrom('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'),
  currency: fc.constantFrom('usd', 'eur'),
  cents: fc.integer({ min: 1, max: 900 }),
  owner: fc.nat(1),
  retries: fc.nat(2),
  created: fc.nat(40),
  waits: fc.boolean(),
});

/** Any number of payouts in one statement, as a tool that knows nothing of the engine writes them. @returns their ids */
async function insertByHand(rows: readonly Row[]): Promise<string[]> {
  const given = rows.map((row) => ({ ...row, id: randomUUID(), creator: creators[row.owner] }));
  await sql(
    `INSERT INTO payouts (id, creator_id, amount_cents, currency, status, stripe_transfer_id, processed_at, retry_count,
       next_attempt_at, created_at, updated_at)
     SELECT id, creator, cents, currency, status, 'tr_' || id, CASE WHEN status = 'COMPLETED' THEN at + interval '1 hour' END,
       retries, CASE WHEN waits THEN now() END, at, at + interval '1 day'
     FROM jsonb_to_recordset($1::jsonb) AS r(id text, creator text, cents int, currency text, status "PayoutStatus",
       retries int, waits boolean, created int), LATERAL (SELECT now() - created * interval '1 day' AS at) AS t`,
    JSON.stringify(given),
  );
  return given.map(({ id }) => id);
}

/** What somebody may set by hand. */
const FIXES = [
  `status = 'FAILED'`,
  `status = 'PENDING', updated_at = now()`,
  `status = 'PROCESSING', updated_at = updated_at - interval '3 days'`,
  `status = 'COMPLETED', stripe_transfer_id = COALESCE(stripe_transfer_id, 'tr_' || id), processed_at = now()`,
  // Somebody careful.
  `status = 'FAILED', version = version + 1, updated_at = now()`,
  'amount_cents = amount_cents + 7',
  `currency = CASE currency WHEN 'usd' THEN 'eur' ELSE 'usd' END`,
  'creator_id = $2',
  'retry_count = retry_count + 1',
  `created_at = created_at - interval '2 days'`,
  'next_attempt_at = now()',
  'next_attempt_at = NULL',
  // Nothing that is counted.
  `failed_reason = 'because'`,
] as const;

const CHANGES: [TransitionCause, Change['from']][] = [
  ['claimed', 'PENDING'],
  ['transfer_settled', 'PROCESSING'],
  ['transfer_refused', 'PROCESSING'],
  ['transfer_reversed', 'COMPLETED'],
  ['retry_claimed', 'FAILED'],
];

type Step =
  | { create: number[] }
  | { change: (typeof CHANGES)[number]; picks: number[]; also: boolean }
  | { insert: Row[] }
  | { fix: (typeof FIXES)[number]; picks: number[]; owner: number }
  | { remove: number[] }
  | { foldAtMost: number };

const picksArb = fc.array(fc.nat(999), { minLength: 1, maxLength: 6 });
/** `mixed`: the engine also takes up what came by hand. */
const stepArb = (mixed: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({ create: fc.array(fc.nat(1), { minLength: 1, maxLength: 4 }) }),
    fc.record({ change: fc.constantFrom(...CHANGES), picks: picksArb, also: fc.constant(mixed) }),
    fc.record({ insert: fc.array(rowArb, { minLength: 1, maxLength: 5 }) }),
    fc.record({ fix: fc.constantFrom(...FIXES), picks: picksArb, owner: fc.nat(1) }),
    fc.record({ fix: fc.constantFrom(...FIXES), picks: picksArb, owner: fc.nat(1) }),
    fc.record({ remove: picksArb }),
    fc.record({ foldAtMost: fc.constantFrom(1, 3, 5_000) }),
  );

interface Made {
  byEngine: string[];
  byHand: string[];
}

const chosen = (ids: readonly string[], picks: readonly number[]): string[] => [
  ...new Set(picks.map((pick) => ids[pick % ids.length]).filter((id) => id !== undefined)),
];

async function take(step: Step, made: Made): Promise<void> {
  const { pool } = world.db;
  const all = [...made.byEngine, ...made.byHand];
  if ('create' in step) {
    const owners = step.create.map((index) => creators[index] ?? '');
    made.byEngine.push(...(await create(pool, owners)));
  } else if ('change' in step) {
    const [on, from] = step.change;
    await change(pool, on, chosen(step.also ? all : made.byEngine, step.picks), from);
  } else if ('insert' in step) made.byHand.push(...(await insertByHand(step.insert)));
  else if ('fix' in step) await fix(step.fix, chosen(all, step.picks), creators[step.owner] ?? '');
  else if ('remove' in step) await remove(chosen(made.byHand, step.remove));
  else await foldRollups(pool, step.foldAtMost);
}

const fix = (what: (typeof FIXES)[number], ids: readonly string[], owner: string) =>
  sql(`UPDATE payouts SET ${what} WHERE id = ANY($1) AND $2 <> ''`, ids, owner);

/** What the audit knows of stays: the database sees to that. */
const remove = (ids: readonly string[]) =>
  sql(
    `DELETE FROM payouts p WHERE id = ANY($1) AND NOT EXISTS (SELECT FROM audit_events WHERE payout_id = p.id)`,
    ids,
  );

describe('the sums', () => {
  it.each([
    ['hold after each step, whoever takes it, and are the same when they are made anew', false],
    ['know what is there, also where the engine takes up what came by hand', true],
  ])('%s', async (_what, mixed) => {
    const histories = fc.array(stepArb(mixed), { minLength: 4, maxLength: 12 });
    const made: Made = { byEngine: [], byHand: [] };
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        for (const step of steps) {
          await take(step, made);
          await expectExact(!mixed);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('hold beside the engine, in one transaction and on many connections', async () => {
    const [owner = ''] = creators;
    const ids = await create(
      world.db.pool,
      Array.from({ length: 12 }, () => owner),
    );
    await Promise.all(
      ids.map(async (id, i) => {
        await change(world.db.pool, 'claimed', [id], 'PENDING');
        await fix(FIXES[i % FIXES.length] ?? FIXES[0], ids.slice(0, 3).sort(), owner);
        await foldRollups(world.db.pool, 3);
      }),
    );
    await expectExact();
    const client = await openClient(world);
    try {
      await client.query('BEGIN');
      const [id = ''] = await create(client, [owner]);
      await change(client, 'claimed', [id], 'PENDING');
      await client.query(`UPDATE payouts SET status = 'FAILED' WHERE id = $1`, [id]);
      await client.query('SAVEPOINT one');
      await expect(
        client.query('UPDATE payouts SET amount_cents = -1 WHERE id = $1', [id]),
      ).rejects.toThrow();
      await client.query('ROLLBACK TO one');
      await change(client, 'retry_claimed', [id], 'FAILED');
      await client.query('COMMIT');
    } finally {
      await client.end();
    }
    await expectExact();
  });

  it('hold for rows that are copied in, replaced, and moved to a creator of another id', async () => {
    const [owner = ''] = creators;
    const row = `('${owner}-copy', '${owner}', 500, now())`;
    const upsert = `INSERT INTO payouts (id, creator_id, amount_cents, updated_at) VALUES ${row}
      ON CONFLICT (id) DO UPDATE SET amount_cents = 700, status = 'PROCESSING'`;
    await sql(upsert);
    await expectExact();
    await sql(upsert);
    await expectExact();
    await create(world.db.pool, [owner]);
    creators[0] = `${owner}-anew`;
    await sql('UPDATE creators SET id = $2 WHERE id = $1', owner, creators[0]);
    await expectStock(world.db.pool);
  });

  it('are nothing for a creator whose only payout was moved to another', async () => {
    const [owner = '', other = ''] = creators;
    const ids = await create(world.db.pool, [owner]);
    await fix('creator_id = $2', ids, other);
    await expectExact();
  });

  it('take one row for each creator, currency and day, however many payouts come in one statement', async () => {
    const rows = Array.from({ length: 100 }, (_, i): Row => {
      const status = i % 2 ? 'PENDING' : 'FAILED';
      return { status, currency: 'usd', cents: 5, owner: i % 2, retries: 0, created: 3, waits: false };
    });
    await foldRollups(world.db.pool);
    await insertByHand(rows);
    const { rows: deltas } = await sql('SELECT * FROM payout_deltas');
    // Those that failed did so a day after they were created.
    expect(deltas).toHaveLength(6);
    await expectExact();
  });

  it('are not touched by what is not counted', async () => {
    const [owner = ''] = creators;
    await create(world.db.pool, [owner, owner]);
    await foldRollups(world.db.pool);
    await sql(
      `UPDATE payouts SET failed_reason = 'x', amount_reversed_cents = 1 WHERE creator_id = $1`,
      owner,
    );
    await sql('UPDATE payouts SET updated_at = now() WHERE creator_id = $1', owner);
    const { rows } = await sql('SELECT * FROM payout_deltas');
    expect(rows).toEqual([]);
    await expectExact();
  });
});
