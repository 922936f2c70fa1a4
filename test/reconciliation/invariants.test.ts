// The verification of the invariants: a healthy world breaks none, and what is planted at Stripe or among the attempts is
// found, under its number, and nothing else is. Also: what moves while it reads is no breach.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedTransfer, StripePeriod } from '../../src/payouts/ports.js';
import { retryPayout } from '../../src/payouts/retry.js';
import { bookOf, expectInvariants, verify } from '../payouts/invariants.js';
import { ADMIN, payoutOf, transfersOf, work } from '../payouts/support.js';
import { createWorld, type World } from '../support/world.js';
import { type Healthy, makeHealthy, takeBack } from './healthy.js';
import { Planter } from './planter.js';

let world: World;
let at: Healthy;
let planter: Planter;
beforeAll(async () => {
  world = await createWorld();
  at = await makeHealthy(world);
  planter = new Planter(world);
});
afterAll(() => world.close());

const completed = () => planter.completed();
const sql = (text: string, ...values: unknown[]) => planter.sql(text, ...values);

/** Stripe takes back so much of the payout's transfer, and does not tell us. */
async function reverseSilently(payoutId: string, cents?: number): Promise<void> {
  const [transfer] = await transfersOf(world, payoutId);
  await world.simulator.reverse(transfer?.id ?? '', cents);
}

describe('a healthy world', () => {
  it('breaks no invariant, whatever became of its payouts', async () => {
    const kinds = Object.entries(at).filter(([kind]) => kind !== 'statement');
    const states = await Promise.all(
      kinds.map(async ([kind, id]) => [kind, (await payoutOf(world, id)).status]),
    );
    expect(Object.fromEntries(states)).toEqual({
      completed: 'COMPLETED',
      told: 'COMPLETED',
      refused: 'FAILED',
      retrying: 'FAILED',
      released: 'COMPLETED',
      reversed: 'FAILED',
      paidAnew: 'COMPLETED',
      partly: 'COMPLETED',
      failedLater: 'FAILED',
      renewed: 'COMPLETED',
      processing: 'PROCESSING',
      pending: 'PENDING',
    });
    await expectInvariants(world);
  });

  it('is counted', async () => {
    const { checked, more } = await verify(world);
    expect(checked).toMatchObject({ payouts: 12, transfers: 9, attempts: 14 });
    expect(checked.auditRows).toBeGreaterThan(checked.events);
    expect(more).toBe(false);
  });
});

/** What is found, and how it was broken. */
type Plant = [found: string, how: string, plant: () => Promise<unknown>];

const PLANTS: readonly Plant[] = [
  [
    '1 more than one live transfer pays the payout',
    'a key that was given up had made a transfer, and so did the next one',
    () => planter.transfer(at.renewed),
  ],
  [
    '1 more than one attempt has paid the payout',
    'two attempts of our own books have paid',
    async () => planter.attempt(await completed(), { outcome: 'SUCCEEDED' }),
  ],
  [
    '2 the payout is COMPLETED, and Stripe has no such transfer',
    'its transfer is not there',
    async () => {
      const id = await completed();
      await reverseSilently(id);
      const told = `snapshot || '{"stripeTransferId": "tr_made_up"}'`;
      await sql(`UPDATE payouts SET stripe_transfer_id = 'tr_made_up' WHERE id = $1`, id);
      await sql(`UPDATE payout_attempts SET transfer_id = 'tr_made_up' WHERE payout_id = $1`, id);
      await sql(`UPDATE payout_events SET snapshot = ${told} WHERE payout_id = $1 AND version = 3`, id);
      await sql(
        `UPDATE audit_events SET after = after || '{"stripeTransferId": "tr_made_up"}'
         WHERE payout_id = $1 AND version = 3`,
        id,
      );
      await sql(
        'UPDATE audit_events a SET hash = audit_event_hash(a) WHERE payout_id = $1 AND version = 3',
        id,
      );
    },
  ],
  [
    '2 the payout is COMPLETED, and all of its transfer was taken back',
    'all was taken back and nobody told us',
    async () => reverseSilently(await completed()),
  ],
  [
    '2 more or less of the transfer was taken back than the payout says',
    'less was taken back than we say',
    async () => sql('UPDATE payouts SET amount_reversed_cents = 1 WHERE id = $1', await completed()),
  ],
  [
    '2 more or less of the transfer was taken back than the payout says',
    'more was taken back than anybody told us',
    async () => reverseSilently(await completed(), 100),
  ],
  [
    '2 the payout is COMPLETED, and no attempt of ours has made its transfer',
    'its attempt says that all was taken back',
    async () =>
      sql(
        'UPDATE payout_attempts SET amount_reversed_cents = amount_cents WHERE payout_id = $1',
        await completed(),
      ),
  ],
  [
    '2 the transfer of the payout is not what the payout asks for',
    'the attempt asked for another destination',
    async () =>
      sql(`UPDATE payout_attempts SET destination = 'acct_other' WHERE payout_id = $1`, await completed()),
  ],
  [
    '3 no attempt of ours made the transfer',
    'a key that was never written down, taken back since',
    async () => {
      const id = await completed();
      await world.simulator.reverse(await planter.transfer(id, { key: `payout_${id}_9` }));
    },
  ],
  [
    '3 no attempt of ours made the transfer',
    'a payout that the database has forgotten',
    async () => planter.transfer(await completed(), { says: 'forgotten' }),
  ],
  [
    '3 one attempt made more than one transfer',
    'two transfers under one key, one of them taken back',
    async () => world.simulator.reverse(await planter.transfer(await completed())),
  ],
  [
    '3 the transfer is older than the attempt that made it',
    'the attempt was written down after its transfer was made',
    async () =>
      sql(
        `UPDATE payout_attempts SET started_at = started_at + interval '1 minute' WHERE payout_id = $1`,
        await completed(),
      ),
  ],
  [
    '3 the group of the transfer is that of another payout',
    'the right key in the group of another payout',
    async () => {
      const id = await completed();
      await planter.attempt(id, { outcome: 'UNKNOWN' });
      const over = { key: `payout_${id}_2`, group: `payout_${at.completed}` };
      await world.simulator.reverse(await planter.transfer(id, over));
    },
  ],
  [
    '3 a payout has one open attempt while it is PROCESSING, and none else',
    'a payout is PROCESSING and no attempt is under way',
    async () => planter.change(await planter.pending(), { action: 'claimed', to: 'PROCESSING' }),
  ],
  [
    '3 a payout has one open attempt while it is PROCESSING, and none else',
    'an attempt is under way, and its payout is not',
    async () => planter.attempt(await completed(), { outcome: 'STARTED', finished: false }),
  ],
  [
    '3 the outcome of the attempt is not one that it can have',
    'an attempt has ended without an outcome',
    async () => planter.attempt(await completed(), { outcome: 'STARTED' }),
  ],
  [
    '3 the attempts of the payout are not numbered without a gap',
    'an attempt is gone',
    async () => planter.attempt(await completed(), { outcome: 'UNKNOWN', number: 3 }),
  ],
  [
    '3 the attempt does not ask for what the payout says, under its own key',
    'an attempt asks for more',
    async () => planter.attempt(await completed(), { outcome: 'UNKNOWN', amount: 501 }),
  ],
  [
    '3 the attempt does not ask for what the payout says, under its own key',
    'an attempt has a key of another making',
    async () => planter.attempt(await completed(), { outcome: 'UNKNOWN', key: randomUUID() }),
  ],
  [
    '5 the payout is not paid by its status, and a live transfer pays it',
    'a payout has failed, and its transfer is there after all',
    async () => planter.transfer(await planter.refused()),
  ],
  [
    '5 the payout is not paid by its status, and an attempt has paid it',
    'a payout has failed, and by our own books an attempt has paid it',
    async () => planter.attempt(await planter.refused(), { outcome: 'SUCCEEDED' }),
  ],
];

it.each(PLANTS)('finds “%s”: %s', async (found, _how, plant) => {
  await plant();
  expect(await planter.found()).toEqual([found]);
});

describe('what moves while Stripe is read is no breach', () => {
  /** Stripe's books as they are, then something happens, then what has come since. */
  const movingBook = (happens: () => Promise<unknown>) => ({
    async *created(period: StripePeriod): AsyncGenerator<ListedTransfer[]> {
      yield* bookOf(world).created(period);
      await happens();
      yield* bookOf(world).created(period);
    },
  });

  it('a payout that is paid', async () => {
    const id = await planter.pending();
    const book = {
      async *created(period: StripePeriod) {
        yield* bookOf(world).created(period);
        await work(world);
      },
    };
    expect(await planter.found({}, book)).toEqual([]);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it('a payout whose transfer is taken back, and that is paid anew', async () => {
    const id = await completed();
    const again = async () => {
      await takeBack(world, id);
      await retryPayout(world.deps, id, ADMIN);
      await work(world);
    };
    expect(await planter.found({}, movingBook(again))).toEqual([]);
    expect(await transfersOf(world, id)).toHaveLength(2);
    expect(await planter.found()).toEqual([]);
  });

  it('a payout of whose transfer a part is taken back', async () => {
    const id = await completed();
    expect(
      await planter.found(
        {},
        movingBook(() => takeBack(world, id, 100)),
      ),
    ).toEqual([]);
    expect((await payoutOf(world, id)).amountReversedCents).toBe(100);
  });
});

describe('what may be left out', () => {
  it('reversals that nobody has told us of, and no others', async () => {
    await reverseSilently(await completed());
    await reverseSilently(await completed(), 100);
    expect(await planter.found({ allowUnheard: true })).toEqual([]);
    expect(await planter.found()).toHaveLength(2);
    const heard = await completed();
    await reverseSilently(heard);
    await sql('UPDATE payouts SET amount_reversed_cents = amount_cents WHERE id = $1', heard);
    expect(await planter.found({ allowUnheard: true })).toEqual([
      '2 the payout is COMPLETED, and all of its transfer was taken back',
    ]);
  });

  it('the clocks', async () => {
    await sql(
      `UPDATE payout_attempts SET started_at = started_at + interval '1 minute' WHERE payout_id = $1`,
      await completed(),
    );
    expect(await planter.found({ checkClock: false })).toEqual([]);
    expect(await planter.found()).toHaveLength(1);
  });

  it('transfers before a moment, and the payouts that they would complete', async () => {
    await completed();
    const periods: StripePeriod[] = [];
    const book = {
      async *created(period: StripePeriod) {
        periods.push(period);
        for await (const page of bookOf(world).created(period)) {
          yield page.filter(({ createdAt }) => createdAt >= period.start);
        }
      },
    };
    const from = new Date(Date.now() + 3_600_000);
    const { checked } = await verify(world, { from }, book);
    expect(checked.transfers).toBe(0);
    expect(await planter.found({ from }, book)).toEqual([]);
    expect((await verify(world, {}, book)).checked.transfers).toBeGreaterThan(9);
    const [first, , whole] = periods;
    expect(first?.start).toEqual(from);
    expect(whole?.start.getTime()).toBeLessThan(Date.now() - 3_600_000);
    expect(whole?.end.getTime()).toBeGreaterThan(Date.now());
  });
});
