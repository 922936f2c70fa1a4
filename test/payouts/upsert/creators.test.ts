// Creators come in by the hundred: each row for itself, nothing twice, and no account with two owners.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayout } from '../../../src/payouts/create.js';
import { askOfNewAccounts } from '../../../src/payouts/creators/new-accounts.js';
import { NOT_READY_CODE } from '../../../src/payouts/events/readiness.js';
import type { CreatorInput } from '../../../src/payouts/upsert/creator-plan.js';
import { verifyAudit } from '../../../src/payouts/verify-audit.js';
import { addCreator, createWorld, type TestCreator, type World } from '../../support/world.js';
import { expectInvariants } from '../invariants.js';
import {
  ADMIN,
  count,
  endLeases,
  eventOf,
  made,
  NEVER,
  pay,
  payoutOf,
  receive,
  resolve,
  spoil,
  transfersOf,
  work,
} from '../support.js';
import { auditOf, creatorRow, idsOf, oneRow, putCreators, told, whileHeld } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const stateOf = (id: string) =>
  oneRow(
    world,
    `SELECT external_id AS "externalId", display_name AS "displayName", email,
       stripe_account_id AS "stripeAccountId", transfers_enabled AS ready, readiness_told_at AS "toldAt"
     FROM creators WHERE id = $1`,
    id,
  );

const account = async () => (await world.simulator.createAccount({ transfers: 'active' })).id;

/** The row of a creator that stands in the table already. */
const rowOf = ({ id, email }: TestCreator, over: Partial<CreatorInput> = {}): CreatorInput =>
  creatorRow({ externalId: id, displayName: `Creator ${id}`, email, ...over });

describe('a good row', () => {
  it('creates its creator, blanks trimmed, and says in the audit who and what', async () => {
    const row = creatorRow({ stripeAccountId: await account() });
    const spaced = { ...row, displayName: '  Nova Reyes\t', email: ` ${row.email} ` };
    const [result] = await putCreators(world, spaced);
    expect(result).toEqual({ outcome: 'CREATED', id: expect.any(String) });
    const [id = ''] = idsOf([result as never]);
    expect(await stateOf(id)).toEqual({ ...row, ready: false, toldAt: null });
    expect(await auditOf(world, id)).toEqual([
      {
        chain: 'creators',
        actor: ADMIN.name,
        action: 'creator_created',
        requestId: ADMIN.requestId,
        before: null,
        after: { id, ...row, transfersEnabled: false, locale: null },
      },
    ]);
  });

  it('changes what is new in it, and the audit has both', async () => {
    const row = creatorRow();
    const [id = ''] = idsOf(await putCreators(world, row));
    const changed = { ...row, displayName: 'Nova R.' };
    expect(told(await putCreators(world, changed))).toEqual(['UPDATED']);
    expect(await stateOf(id)).toMatchObject(changed);
    const state = { id, stripeAccountId: null, transfersEnabled: false };
    expect((await auditOf(world, id))[1]).toMatchObject({
      action: 'creator_updated',
      before: { ...state, ...row },
      after: { ...state, ...changed },
    });
  });

  it('has a locale from when one is given until none is', async () => {
    const row = creatorRow();
    const localeOf = async (over: Partial<CreatorInput>) => {
      const [id = ''] = idsOf(await putCreators(world, { ...row, ...over }));
      return (await world.db.pool.query('SELECT locale FROM creators WHERE id = $1', [id])).rows[0].locale;
    };
    expect(await localeOf({})).toBeNull();
    expect(await localeOf({ locale: 'de-at' })).toBe('de-AT');
    expect(await localeOf({})).toBe('de-AT');
    expect(await localeOf({ locale: null })).toBeNull();
  });

  it('asked for again writes nothing at all', async () => {
    const row = creatorRow({ stripeAccountId: await account() });
    const [id = ''] = idsOf(await putCreators(world, row));
    const before = await oneRow(world, 'SELECT * FROM creators WHERE id = $1', id);
    const signalled = { ...world.signalled };
    expect(told(await putCreators(world, { ...row, displayName: ` ${row.displayName} ` }))).toEqual([
      'UNCHANGED',
    ]);
    expect(await oneRow(world, 'SELECT * FROM creators WHERE id = $1', id)).toEqual(before);
    expect(await auditOf(world, id)).toHaveLength(1);
    expect(world.signalled).toEqual(signalled);
  });

  it('leaves alone what is not its business: the carried remainder, and when the creator came', async () => {
    const creator = await addCreator(world);
    await world.db.pool.query('UPDATE creators SET royalty_carry = 0.004321 WHERE id = $1', [creator.id]);
    const sql = 'SELECT royalty_carry, created_at, transfers_enabled FROM creators WHERE id = $1';
    const before = await oneRow(world, sql, creator.id);
    await putCreators(world, rowOf(creator, { displayName: 'Another name' }));
    expect(await oneRow(world, sql, creator.id)).toEqual(before);
  });
});

const BAD: [string, string, Partial<CreatorInput>][] = [
  ['no external id', 'externalId', { externalId: '' }],
  ['an external id of blanks', 'externalId', { externalId: '  ' }],
  ['blanks around the external id', 'externalId', { externalId: ' nova' }],
  ['an external id too long', 'externalId', { externalId: 'x'.repeat(256) }],
  ['NUL in the external id', 'externalId', { externalId: 'a\0b' }],
  ['half a character in the external id', 'externalId', { externalId: 'a\ud800b' }],
  ['what does not show in the external id', 'externalId', { externalId: 'nova\u200b2' }],
  ['no name', 'displayName', { displayName: ' ' }],
  ['a name that does not show', 'displayName', { displayName: '\u200b\u200d' }],
  ['a name too long', 'displayName', { displayName: 'x'.repeat(256) }],
  ['a line break in the name', 'displayName', { displayName: 'Nova\nReyes' }],
  ['an escape in the name', 'displayName', { displayName: 'Nova\u001b[2J' }],
  ['half a character in the name', 'displayName', { displayName: 'Nova \udc00' }],
  ['no e-mail', 'email', { email: '' }],
  ['an e-mail without @', 'email', { email: 'nova.example.com' }],
  ['an e-mail of two', 'email', { email: 'nova@example.com,juno@example.com' }],
  ['an e-mail with a second line', 'email', { email: 'nova@example.com\r\nBcc: all@example.com' }],
  ['an e-mail with a name', 'email', { email: 'Nova <nova@example.com>' }],
  ['an e-mail with a blank', 'email', { email: 'no va@example.com' }],
  ['an e-mail too long', 'email', { email: `nova@${'x'.repeat(246)}.com` }],
  ['an e-mail of no host', 'email', { email: 'nova@' }],
  ['an e-mail with what does not show', 'email', { email: 'no\u200bva@example.com' }],
  ['a Stripe id of something else', 'stripeAccountId', { stripeAccountId: 'cus_123' }],
  ['an empty Stripe id', 'stripeAccountId', { stripeAccountId: '' }],
  ['a Stripe id with a path', 'stripeAccountId', { stripeAccountId: 'acct_1/../2' }],
  ['a locale that is none', 'locale', { locale: 'de_DE' }],
  ['an empty locale', 'locale', { locale: '' }],
  ['a locale too long', 'locale', { locale: `de-${'x-abcdefgh-'.repeat(9)}y` }],
];

describe('a bad row', () => {
  it.each(BAD)(
    'with %s names its %s, repeats no value, and keeps no other out',
    async (_what, field, over) => {
      const before = await count(world, 'creators');
      const results = await putCreators(world, creatorRow(), creatorRow(over), creatorRow());
      expect(told(results)).toEqual(['CREATED', `INVALID_INPUT creators.1.${field}`, 'CREATED']);
      expect(await count(world, 'creators')).toBe(before + 2);
      expect((results[1] as Error).message).not.toMatch(/nova/i);
    },
  );

  it.each(['name@example.com', "o'neil+x@mail.example.co.uk", 'nova@localhost', 'jörg@bücher.example'])(
    'is none for the address %s',
    async (email) => {
      expect(told(await putCreators(world, creatorRow({ email })))).toEqual(['CREATED']);
    },
  );

  it('is the later one of two with the same external id, be the first one good or bad', async () => {
    const [row, bad] = [creatorRow(), creatorRow({ email: 'none' })];
    const results = await putCreators(
      world,
      row,
      bad,
      { ...row, displayName: 'B' },
      { ...bad, email: 'a@b.c' },
    );
    expect(told(results)).toEqual([
      'CREATED',
      'INVALID_INPUT creators.1.email',
      'INVALID_INPUT creators.2.externalId',
      'INVALID_INPUT creators.3.externalId',
    ]);
    expect(await stateOf(idsOf(results.slice(0, 1))[0] ?? '')).toMatchObject({
      displayName: row.displayName,
    });
  });

  it.each([0, 501])('%i rows are an error of the whole call', async (length) => {
    const rows = Array.from({ length }, () => creatorRow());
    await expect(putCreators(world, ...rows)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      inputPath: ['creators'],
    });
  });
});

describe('a Stripe account', () => {
  it('of another creator is refused, there already or in the same call', async () => {
    const other = await addCreator(world);
    const fresh = await account();
    const results = await putCreators(
      world,
      creatorRow({ stripeAccountId: other.accountId }),
      creatorRow({ stripeAccountId: fresh }),
      creatorRow({ stripeAccountId: fresh }),
    );
    const refused = (i: number) => `INVALID_INPUT creators.${i}.stripeAccountId`;
    expect(told(results)).toEqual([refused(0), 'CREATED', refused(2)]);
  });

  it('that one row gives away is free for the rows after it', async () => {
    const creator = await addCreator(world);
    const [taker, early] = [creatorRow(), creatorRow()].map((row) => ({
      ...row,
      stripeAccountId: creator.accountId,
    }));
    const given = rowOf(creator, { stripeAccountId: await account() });
    const results = await putCreators(world, early as CreatorInput, given, taker as CreatorInput);
    expect(told(results)).toEqual(['INVALID_INPUT creators.0.stripeAccountId', 'UPDATED', 'CREATED']);
  });

  it('goes to one of 20 creators that ask for it at once', async () => {
    const stripeAccountId = await account();
    const asked = Array.from({ length: 20 }, () => putCreators(world, creatorRow({ stripeAccountId })));
    const outcomes = (await Promise.all(asked)).flatMap(told);
    expect(outcomes.filter((one) => one === 'CREATED')).toHaveLength(1);
    const { n } = await oneRow(
      world,
      'SELECT count(*)::int AS n FROM creators WHERE stripe_account_id = $1',
      stripeAccountId,
    );
    expect(n).toBe(1);
  });

  it('stays where it is not mentioned, and is none any more where it is null', async () => {
    const creator = await addCreator(world);
    expect(told(await putCreators(world, rowOf(creator)))).toEqual(['UNCHANGED']);
    expect(told(await putCreators(world, rowOf(creator, { stripeAccountId: null })))).toEqual(['UPDATED']);
    expect(await stateOf(creator.id)).toMatchObject({ stripeAccountId: null, ready: false });
    const refused = createPayout(
      world.deps,
      { creatorId: creator.id, amountCents: 500, idempotencyKey: creator.id },
      ADMIN,
    );
    await expect(refused).rejects.toMatchObject({ code: 'CREATOR_NOT_READY' });
  });
});

describe('another Stripe account of a creator', () => {
  const move = async (creator: TestCreator) => {
    const stripeAccountId = await account();
    expect(told(await putCreators(world, rowOf(creator, { stripeAccountId })))).toEqual(['UPDATED']);
    return stripeAccountId;
  };

  it('counts as not ready, whatever Stripe says of the one before, until Stripe speaks of it', async () => {
    const creator = await addCreator(world);
    const now = Math.floor(Date.now() / 1000);
    const say = (id: string, created: number) => {
      const object = { id, object: 'account', capabilities: { transfers: 'active' } };
      return receive(world, eventOf('account.updated', object, { account: id, created }));
    };
    expect(await say(creator.accountId, now + 1_000)).toBe('applied');
    const signalled = world.signalled.accountsDue;
    const moved = await move(creator);
    expect(world.signalled.accountsDue).toBe(signalled + 1);
    expect(await say(creator.accountId, now + 2_000)).toBe('ignored');
    expect(await stateOf(creator.id)).toMatchObject({ ready: false, toldAt: null });
    expect(await say(moved, now)).toBe('applied');
    expect(await stateOf(creator.id)).toMatchObject({ ready: true });
  });

  it('changes nothing of what was sent: its transfer settles where it went', async () => {
    const { id, transfer } = await made(world, { creatorId: (await addCreator(world)).id });
    const { creatorId } = await payoutOf(world, id);
    const { email } = await stateOf(creatorId);
    await move({ id: creatorId, email, accountId: transfer.destination as string });
    expect(await receive(world, eventOf('transfer.created', transfer))).toBe('applied');
    expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', stripeTransferId: transfer.id });
    await expectInvariants(world);
  });

  it('has what waits: it goes there, first tries and retries alike', async () => {
    const creator = await addCreator(world);
    await world.simulator.setCapability(creator.accountId, 'inactive');
    const refused = await pay(world, { creatorId: creator.id });
    await work(world);
    expect(await payoutOf(world, refused.id)).toMatchObject({
      status: 'FAILED',
      failureCode: NOT_READY_CODE,
    });
    const waiting = await pay(world, { creatorId: creator.id });
    const moved = await move(creator);
    expect(await askOfNewAccounts(world.deps, NEVER)).toBeGreaterThan(0);
    await work(world);
    await work(world, 'retry_claimed');
    for (const { id } of [refused, waiting]) {
      expect((await transfersOf(world, id)).map(({ destination }) => destination)).toEqual([moved]);
    }
    await expectInvariants(world);
  });
});

describe('an attempt whose absence at Stripe is proven, after the account was changed', () => {
  /** A payout under way, of which nothing ever reached Stripe. */
  async function lost() {
    const creator = await addCreator(world);
    const payout = await pay(world, { creatorId: creator.id });
    await spoil(world, payout.id, { fault: 'reset_before' });
    await work(world);
    await endLeases(world);
    // By now nothing of it can be on its way any more.
    await world.db.pool.query(
      `UPDATE payout_attempts SET outcome = 'UNKNOWN', started_at = now() - interval '1 day',
         sent_at = now() - interval '1 day' WHERE payout_id = $1`,
      [payout.id],
    );
    return { creator, payout };
  }

  it('has what is made anew, once it is proven that nothing was made', async () => {
    const { creator, payout } = await lost();
    const stripeAccountId = await account();
    await putCreators(world, rowOf(creator, { stripeAccountId }));
    await resolve(world);
    expect(await payoutOf(world, payout.id)).toMatchObject({ status: 'COMPLETED' });
    const sent = await transfersOf(world, payout.id);
    expect(sent.map(({ destination }) => destination)).toEqual([stripeAccountId]);
    await expectInvariants(world);
  });

  it('is made anew for nobody where there is no account any more, until there is one', async () => {
    const { creator, payout } = await lost();
    await putCreators(world, rowOf(creator, { stripeAccountId: null }));
    await resolve(world);
    expect(await payoutOf(world, payout.id)).toMatchObject({ status: 'PROCESSING' });
    expect(await transfersOf(world, payout.id)).toEqual([]);
    await putCreators(world, rowOf(creator, { stripeAccountId: creator.accountId }));
    await resolve(world);
    expect(await payoutOf(world, payout.id)).toMatchObject({ status: 'COMPLETED' });
    await expectInvariants(world);
  });
});

describe('many calls at once', () => {
  it('with rows in common: no deadlock, nothing twice, and the audit holds', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => creatorRow({ externalId: `shared-${i}` }));
    const calls = Array.from({ length: 20 }, (_, call) => {
      const some = rows.slice(call, call + 40).map((row) => ({ ...row, displayName: `By ${call}` }));
      return putCreators(world, ...(call % 2 === 0 ? some : some.toReversed()));
    });
    const outcomes = (await Promise.all(calls)).flatMap(told);
    expect(new Set(outcomes)).toEqual(new Set(['CREATED', 'UPDATED']));
    expect(outcomes.filter((one) => one === 'CREATED')).toHaveLength(59);
    const { n } = await oneRow(
      world,
      `SELECT count(*)::int AS n FROM creators WHERE external_id LIKE 'shared-%'`,
    );
    expect(n).toBe(59);
    const sql = `SELECT count(*)::int AS n FROM audit_events WHERE after->>'externalId' LIKE 'shared-%'`;
    expect((await oneRow(world, sql)).n).toBe(20 * 40);
    expect((await verifyAudit(world.db.pool)).findings).toEqual([]);
  });

  it('beside somebody else who inserts the same creator: it is found and changed', async () => {
    const row = creatorRow();
    const asked = await whileHeld(
      world,
      [
        `INSERT INTO creators (id, external_id, display_name, email, updated_at)
         VALUES ($1, $1, 'X', 'x@example.com', now())`,
        [row.externalId],
      ],
      () => putCreators(world, row),
    );
    expect(asked).toEqual([{ outcome: 'UPDATED', id: row.externalId }]);
  });
});
