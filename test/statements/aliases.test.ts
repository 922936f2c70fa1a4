import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAliases, setAlias } from '../../src/statements/aliases.js';
import { addCreator, createWorld, type World } from './support.js';

let world: World;
let nova: string;
let ida: string;

beforeAll(async () => {
  world = await createWorld();
  nova = await addCreator(world, { name: 'Nova Reyes', email: 'nova@example.com', externalId: 'label-7' });
  ida = await addCreator(world, { name: 'Ida Quist', email: 'ida@example.com' });
});
afterAll(() => world.close());

const set = (name: string, creator: string, replace?: boolean) =>
  setAlias({ pool: world.pool }, { name, creator, actor: 'admin-1', replace });

async function audit() {
  const { rows } = await world.pool.query(
    `SELECT action, actor, before, after FROM audit_events WHERE chain = 'aliases' ORDER BY sequence`,
  );
  return rows;
}

it('sets a name by e-mail, external id or id, and lists it', async () => {
  expect(await set(' NOVA  ', 'Nova@Example.com')).toEqual({
    name: 'NOVA',
    creator: { id: nova, displayName: 'Nova Reyes' },
    outcome: 'created',
    previous: null,
  });
  await set('Nova R.', 'label-7');
  await set('Ida', ida);
  expect(await listAliases({ pool: world.pool })).toEqual([
    { name: 'Ida', creator: { id: ida, displayName: 'Ida Quist' } },
    { name: 'NOVA', creator: { id: nova, displayName: 'Nova Reyes' } },
    { name: 'Nova R.', creator: { id: nova, displayName: 'Nova Reyes' } },
  ]);
  expect((await audit())[0]).toEqual({
    action: 'alias_set',
    actor: 'admin-1',
    before: null,
    after: { name: 'NOVA', creatorId: nova },
  });
});

it('changes nothing where the name leads there already, in any spelling', async () => {
  await set('Same Name', nova);
  const before = await audit();
  expect(await set('same   NAME', nova)).toMatchObject({ outcome: 'unchanged' });
  expect(await audit()).toEqual(before);
});

it('lets a name lead to somebody else only on request', async () => {
  await set('Contested', nova);
  await expect(set('CONTESTED', ida)).rejects.toMatchObject({ code: 'ALIAS_TAKEN', creatorId: nova });
  expect(await set('CONTESTED', ida, true)).toMatchObject({
    outcome: 'replaced',
    previous: { id: nova, displayName: 'Nova Reyes' },
  });
  expect((await audit()).at(-1)).toMatchObject({ before: { creatorId: nova }, after: { creatorId: ida } });
  expect(await set('contested', ida)).toMatchObject({ outcome: 'unchanged' });
});

it('lets one of two admins have the name at the same moment', async () => {
  const results = await Promise.allSettled([set('Race', nova), set('race', ida), set('RACE', nova)]);
  const rows = (await listAliases({ pool: world.pool })).filter(({ name }) => name.toLowerCase() === 'race');
  expect(rows).toHaveLength(1);
  const created = results.filter(({ status, ...rest }) => status === 'fulfilled' && isCreated(rest));
  expect(created).toHaveLength(1);
});

function isCreated(result: object): boolean {
  return 'value' in result && (result.value as { outcome: string }).outcome === 'created';
}

it('refuses creators that it does not know or cannot tell apart, and names that are none', async () => {
  await expect(set('Who', 'nobody@example.com')).rejects.toMatchObject({
    code: 'UNKNOWN_CREATOR',
    message: expect.not.stringContaining('nobody@'),
  });
  for (const name of ['One', 'Two']) await addCreator(world, { name, email: 'both@example.com' });
  await expect(set('Who', 'BOTH@example.com')).rejects.toMatchObject({ code: 'AMBIGUOUS_CREATOR' });
  for (const name of ['', '  \t', 'a\u0000b', 'a\nb', 'a\ud800']) {
    await expect(set(name, nova)).rejects.toMatchObject({ code: 'BAD_ALIAS' });
  }
});
