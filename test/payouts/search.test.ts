// The search of lists: by a payout's reference, by its transfer, by how its creator's name or e-mail begins; and never
// beyond what the viewer may see.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countPayouts } from '../../src/payouts/count.js';
import { listPayouts } from '../../src/payouts/list.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { addCreator, createWorld, type World } from '../support/world.js';

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
  await world.db.pool.query('SELECT rebuild_payout_rollups()');
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
