// The search of lists: by a payout's reference, by its transfer, by how its creator's name or e-mail begins; and never
// beyond what the viewer may see. Creators are searched alike.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PayoutFilter } from '../../../src/payouts/lists/conditions.js';
import { countPayouts } from '../../../src/payouts/lists/count.js';
import { type CreatorFilter, countCreators, findCreators } from '../../../src/payouts/lists/find-creators.js';
import { listPayouts, type PayoutOrder } from '../../../src/payouts/lists/list.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { addCreator, createWorld, type World } from '../../support/world.js';

const ADMIN: Viewer = { role: 'ADMIN', sub: 'admin' };

let world: World;
/** By the name of its creator. */
const payouts = new Map<string, { id: string; creatorId: string; transferId: string }>();
beforeAll(async () => {
  world = await createWorld();
  await addPayoutOf('Ada Lovelace', 'ada@example.com');
  await addPayoutOf('ADAM', 'first_man@example.com');
  await addPayoutOf('100% Sound', 'x@example.com');
  await addPayoutOf('100 Voices', 'firstXman@example.com');
});
afterAll(() => world.close());

async function addPayoutOf(name: string, email: string): Promise<void> {
  const { id: creatorId } = await addCreator(world);
  const [id, transferId] = [cuid(), `tr_${cuid()}`];
  await world.db.pool.query('UPDATE creators SET display_name = $2, email = $3 WHERE id = $1', [
    creatorId,
    name,
    email,
  ]);
  await world.db.pool.query(
    `INSERT INTO payouts (id, creator_id, amount_cents, status, stripe_transfer_id, updated_at)
     VALUES ($1, $2, 500, 'COMPLETED', $3, now())`,
    [id, creatorId, transferId],
  );
  payouts.set(name, { id, creatorId, transferId });
}

const of = (name: string) => payouts.get(name) ?? { id: '', creatorId: '', transferId: '' };
const viewerOf = (name: string): Viewer => ({ role: 'CREATOR', sub: name, creatorId: of(name).creatorId });

/** Whose payouts are found; the count must agree. */
async function found(search: string, viewer: Viewer = ADMIN): Promise<string[]> {
  const { nodes } = await listPayouts(world.db.pool, viewer, {}, { search });
  expect(await countPayouts(world.db.pool, viewer, { search })).toBe(nodes.length);
  const ids = nodes.map(({ row }) => row.id);
  return [...payouts].filter(([, { id }]) => ids.includes(id)).map(([name]) => name);
}

describe('an admin finds', () => {
  it.each<[string, string, string[]]>([
    ['names that begin so, in any case', 'aDa', ['Ada Lovelace', 'ADAM']],
    ['a whole name', ' Ada Lovelace ', ['Ada Lovelace']],
    ['e-mails that begin so', 'ADA@', ['Ada Lovelace']],
    ['nothing by the middle of a name', 'Lovelace', []],
    ['a sign that is one in patterns', '100%', ['100% Sound']],
    ['another such sign', 'first_', ['ADAM']],
    ['a backslash', '100\\', []],
    ['everything by nothing', ' ', ['Ada Lovelace', 'ADAM', '100% Sound', '100 Voices']],
  ])('%s', async (_what, search, names) => {
    expect(await found(search)).toEqual(names);
  });

  it('a payout by its reference and by its transfer, not by a part of them', async () => {
    const { id, transferId } = of('ADAM');
    expect(await found(id)).toEqual(['ADAM']);
    expect(await found(transferId)).toEqual(['ADAM']);
    expect(await found(id.slice(0, -1))).toEqual([]);
    expect(await found(transferId.slice(0, -1))).toEqual([]);
  });

  it('only what the other conditions hold for as well', async () => {
    const { nodes } = await listPayouts(world.db.pool, ADMIN, {}, { search: 'ada', status: ['FAILED'] });
    expect(nodes).toEqual([]);
  });
});

describe('a creator finds', () => {
  it('a payout of its own by its reference', async () => {
    expect(await found(of('ADAM').id, viewerOf('ADAM'))).toEqual(['ADAM']);
  });

  it('nothing of anybody else, and nothing by what only admins see', async () => {
    for (const search of [of('ADAM').id, of('ADAM').transferId, 'ADAM', 'first_man@example.com'])
      expect(await found(search, viewerOf('Ada Lovelace'))).toEqual([]);
    for (const search of [of('ADAM').transferId, 'ADAM', 'first_man@example.com'])
      expect(await found(search, viewerOf('ADAM'))).toEqual([]);
  });
});

it('the creators are found by an index', async () => {
  const client = await world.db.pool.connect();
  try {
    await client.query('BEGIN; SET LOCAL enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM creators WHERE lower(display_name) LIKE lower('Ada%') OR lower(email) LIKE lower('Ada%')`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/creators_lower_display_name_idx[\s\S]*creators_lower_email_idx/);
    expect(plan).not.toContain('Seq Scan');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

describe('a search that finds very many creators', () => {
  const CREATORS = 120;
  beforeAll(async () => {
    await world.db.pool.query(
      `WITH many AS (
         INSERT INTO creators (id, external_id, display_name, email, updated_at)
         SELECT 'many-' || n, 'many-' || n, 'Many ' || n, n || '@many.example.com', now()
         FROM generate_series(1, $1::int) n RETURNING id
       )
       INSERT INTO payouts (id, creator_id, amount_cents, status, created_at, updated_at)
       SELECT id || '-' || n, id, 100 + length(id) * n % 7, CASE n WHEN 1 THEN 'FAILED' ELSE 'PENDING' END::"PayoutStatus",
         '2026-01-01'::timestamp + n * interval '1 day', '2026-01-01'::timestamp + length(id) * interval '1 day'
       FROM many, generate_series(1, 3) n`,
      [CREATORS],
    );
  });

  const ORDERS = (['CREATED_AT', 'UPDATED_AT', 'AMOUNT_CENTS'] as const).flatMap((field) =>
    (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
  );

  /** Page by page to the end, and the same list without a search, of which it must be a part. */
  async function readAll(filter: PayoutFilter, order: PayoutOrder, size: number): Promise<string[]> {
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await listPayouts(world.db.pool, ADMIN, { first: size, after }, filter, order);
      ids.push(...page.nodes.map(({ row }) => row.id));
      after = page.nodes.at(-1)?.cursor;
      if (!page.hasNextPage) return ids;
    }
  }

  it.each(ORDERS)('is the list that it is a part of, by $field $direction', async (order) => {
    for (const filter of [{}, { status: ['FAILED'] as const }, { amountCents: { gte: 103 } }]) {
      const all = await readAll(filter, order, 100);
      const expected = all.filter((id) => id.startsWith('many-'));
      expect(expected.length).toBeGreaterThan(20);
      expect(await readAll({ ...filter, search: 'MANY' }, order, 17)).toEqual(expected);
      const last = await listPayouts(
        world.db.pool,
        ADMIN,
        { last: 13 },
        { ...filter, search: 'many' },
        order,
      );
      expect(last.nodes.map(({ row }) => row.id)).toEqual(expected.slice(-13));
    }
  });

  it.each<[string, number, PayoutFilter]>([
    ['one statement where its page lies near', 1, { search: 'many' }],
    ['two where the page is not full', 2, { search: 'many', status: ['COMPLETED'] }],
    ['two where it finds few', 2, { search: 'many 12' }],
    ['one among the payouts of a creator', 1, { search: 'many', creatorId: 'many-1' }],
  ])('takes %s', async (_what, statements, filter) => {
    const spy = vi.spyOn(world.db.pool, 'query');
    await listPayouts(world.db.pool, ADMIN, { first: 50 }, filter, undefined, { creator: ['displayName'] });
    const { length } = spy.mock.calls;
    spy.mockRestore();
    expect(length).toBe(statements);
  });
});

describe('creators are found', () => {
  async function names(filter: CreatorFilter): Promise<string[]> {
    const { pool } = world.db;
    const ids = await findCreators(pool, filter, { beyond: null, direction: 'asc', take: 1_000 });
    expect(await countCreators(pool, filter)).toBe(ids.length);
    return [...payouts].filter(([, { creatorId }]) => ids.includes(creatorId)).map(([name]) => name);
  }

  it.each<[string, CreatorFilter, string[]]>([
    ['by how a name begins, in any case', { search: ' aDa' }, ['Ada Lovelace', 'ADAM']],
    ['by how an e-mail begins', { search: 'ADA@' }, ['Ada Lovelace']],
    ['by nothing in the middle', { search: 'Lovelace' }, []],
    ['by a sign that is one in patterns', { search: 'first_' }, ['ADAM']],
    [
      'all by nothing',
      { search: ' ', transfersEnabled: null },
      ['Ada Lovelace', 'ADAM', '100% Sound', '100 Voices'],
    ],
    ['only where both hold', { search: 'ada', transfersEnabled: false }, ['ADAM']],
    ['those that can be paid', { transfersEnabled: true }, ['Ada Lovelace', '100% Sound', '100 Voices']],
  ])('%s', async (_what, filter, expected) => {
    const { creatorId } = of('ADAM');
    await world.db.pool.query('UPDATE creators SET transfers_enabled = id <> $1', [creatorId]);
    expect(await names(filter)).toEqual(expected);
  });

  it('by the whole id that the platform has for them', async () => {
    const { creatorId } = of('100 Voices');
    const { rows } = await world.db.pool.query('SELECT external_id FROM creators WHERE id = $1', [creatorId]);
    const { external_id: id } = rows[0];
    expect(await names({ search: id })).toEqual(['100 Voices']);
    expect(await names({ search: id.slice(0, -1) })).toEqual([]);
  });

  it('page by page, both ways', async () => {
    const { pool } = world.db;
    const all = [...payouts.values()].map(({ creatorId }) => creatorId);
    const { rows } = await pool.query('SELECT created_at AS time FROM creators WHERE id = $1', [all[1]]);
    const beyond = { time: rows[0].time, id: all[1] ?? '' };
    const filter = { search: '' };
    expect(await findCreators(pool, filter, { beyond, direction: 'asc', take: 1 })).toEqual([all[2]]);
    expect(await findCreators(pool, filter, { beyond, direction: 'desc', take: 5 })).toEqual([all[0]]);
  });
});
