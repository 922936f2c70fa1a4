// What Stripe says, and what it means: each signal over real HTTP through the official SDK. The table below is the
// document: what becomes of the payout at once, and how it ends when Stripe is well again.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkPlatformBalance } from '../../../src/payouts/platform-balance.js';
import { processingState } from '../../../src/payouts/processing.js';
import { createStripe } from '../../../src/stripe/client.js';
import type { FaultRule } from '../../../src/stripe/simulator/fault-types.js';
import { addCreator, createWorld, type TestCreator, type World } from '../../support/world.js';
import { expectInvariants } from '../invariants.js';
import {
  attemptsOf,
  impatient,
  pay,
  payoutOf,
  receive,
  resolve,
  resume,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await wellAgain();
});
afterAll(() => world.close());

/** What a class of answers does to the payout at once, and under which key it is sent next. */
interface Class {
  status: 'COMPLETED' | 'FAILED' | 'PROCESSING';
  /** Of the attempt. Where we are at fault it depends on what was sent under the key before. */
  outcome?: 'SUCCEEDED' | 'REJECTED' | 'STARTED' | 'UNKNOWN';
  /** Milliseconds until the next attempt is due; null: none is, or the payout never left its attempt. */
  nextAttemptMs: number | null;
  paused: boolean;
  alerts: string[];
}

/** The first of the delays between retries: short, so that the test can wait for it. */
const FIRST_DELAY_MS = 250;
const RETRIES = { retries: { maxRetries: 5, delaysMs: [FIRST_DELAY_MS, 3_600_000] } };

const CALM = { nextAttemptMs: null, paused: false, alerts: [] };
const SUCCESS: Class = { ...CALM, status: 'COMPLETED', outcome: 'SUCCEEDED' };
const REFUSED_PERMANENT: Class = { ...CALM, status: 'FAILED', outcome: 'REJECTED' };
const REFUSED_RETRYABLE: Class = { ...REFUSED_PERMANENT, nextAttemptMs: FIRST_DELAY_MS };
const NO_MONEY: Class = { ...REFUSED_RETRYABLE, alerts: ['platform_balance_low'] };
const NOT_EXECUTED: Class = { ...CALM, status: 'PROCESSING', outcome: 'STARTED' };
const UNKNOWN: Class = { ...CALM, status: 'PROCESSING', outcome: 'UNKNOWN' };
const OUR_FAULT: Class = { ...CALM, status: 'PROCESSING', paused: true, alerts: ['stripe_configuration'] };

/**
 * What is sent after the first request, until the end. `none`: nothing, because the answer said all or the transfer was
 * found. `same`: that request once more under its key. `new`: another attempt under another key. `same, new`: the key
 * first, until absence is proven.
 */
type Then = 'none' | 'same' | 'new' | 'same, new';

interface Row {
  class: Class;
  signal: string;
  failureCode: string | null;
  live: 0 | 1;
  then: Then;
  ends: 'COMPLETED' | 'FAILED';
  given: Given;
}

/** Sets the simulator for this payout. */
type Given = (scene: Scene) => unknown;

interface Scene {
  id: string;
  creator: TestCreator;
}

/** The next request to make the payout's transfer meets this fault. */
const meets =
  (rule: FaultRule) =>
  ({ id }: Scene) =>
    spoil(world, id, rule);

/** Stripe's own error, as it words it. */
const says = (error: Omit<FaultRule, 'fault'>) => meets({ fault: 'stripe_error', ...error });

/** 200 with a transfer like the one asked for, save in this. The right one was made. */
const answersWith =
  (other: object) =>
  ({ id, creator }: Scene) => {
    const asked = { id: 'tr_other', object: 'transfer', amount: 500, currency: 'usd', amount_reversed: 0 };
    const mine = {
      destination: creator.accountId,
      transfer_group: `payout_${id}`,
      metadata: { payout_id: id },
    };
    return spoil(world, id, { fault: 'wrong_object_200', body: { ...asked, ...mine, ...other } });
  };

const COMPLETED = 'COMPLETED';
const FAILED = 'FAILED';

// Its columns: the class; the signal; the payout's `failure_code`; live transfers right after it; what is sent until the
// end; how the payout ends; how the simulator is set for it.
// biome-ignore format: a table is read by its columns
const ROWS: [Class, string, string | null, 0 | 1, Then, 'COMPLETED' | 'FAILED', Given][] = [
  [SUCCESS,           '2xx with the transfer that we asked for',             null,                                     1, 'none',      COMPLETED, () => undefined],

  [NO_MONEY,          '400 balance_insufficient',                            'balance_insufficient',                   0, 'new',       COMPLETED, () => world.simulator.setBalance(0)],
  [REFUSED_RETRYABLE, '400 insufficient_capabilities_for_transfer',          'insufficient_capabilities_for_transfer', 0, 'new',       COMPLETED, meets({ fault: 'capability_off_before_transfer' })],

  [REFUSED_PERMANENT, '400 resource_missing: no such destination',           'resource_missing',                       0, 'none',      FAILED,    ({ creator }) => world.simulator.deleteAccount(creator.accountId)],
  [REFUSED_PERMANENT, '400 across a border, which has no code',              'invalid_request_error',                  0, 'none',      FAILED,    ({ creator }) => world.simulator.updateAccount(creator.accountId, { country: 'BR' })],
  [REFUSED_PERMANENT, '400 amount_too_large',                                'amount_too_large',                       0, 'none',      FAILED,    says({ code: 'amount_too_large', param: 'amount', stored: false })],
  [REFUSED_PERMANENT, '400 parameter_missing',                               'parameter_missing',                      0, 'none',      FAILED,    says({ code: 'parameter_missing', param: 'destination', stored: false })],
  [REFUSED_PERMANENT, '400 with a code that nobody has met yet',             'made_up_tomorrow',                       0, 'none',      FAILED,    says({ code: 'made_up_tomorrow' })],
  [REFUSED_PERMANENT, '402',                                                 'card_error',                             0, 'none',      FAILED,    says({ status: 402, type: 'card_error' })],
  [REFUSED_PERMANENT, '404',                                                 'resource_missing',                       0, 'none',      FAILED,    says({ status: 404, code: 'resource_missing' })],

  [NOT_EXECUTED,      '429 rate_limit',                                      null,                                     0, 'same',      COMPLETED, meets({ fault: 'rate_limited' })],
  [NOT_EXECUTED,      '429 rate_limit, Stripe-Should-Retry: true',           null,                                     0, 'same',      COMPLETED, meets({ fault: 'rate_limited', shouldRetry: true, times: 2 })],
  [NOT_EXECUTED,      '429 rate_limit, Stripe-Should-Retry: false',          null,                                     0, 'same',      COMPLETED, meets({ fault: 'rate_limited', shouldRetry: false })],
  [NOT_EXECUTED,      '429 lock_timeout',                                    null,                                     0, 'same',      COMPLETED, meets({ fault: 'rate_limited', code: 'lock_timeout' })],
  [NOT_EXECUTED,      '409 idempotency_key_in_use',                          null,                                     0, 'same',      COMPLETED, says({ status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' })],

  [UNKNOWN,           'no answer in time, not made',                         null,                                     0, 'same',      COMPLETED, meets({ fault: 'hang_before' })],
  [UNKNOWN,           'no answer in time, made',                             null,                                     1, 'none',      COMPLETED, meets({ fault: 'hang_after_commit' })],
  [UNKNOWN,           'a reset, not made',                                   null,                                     0, 'same',      COMPLETED, meets({ fault: 'reset_before' })],
  [UNKNOWN,           'a reset, made',                                       null,                                     1, 'none',      COMPLETED, meets({ fault: 'reset_after_commit' })],
  [UNKNOWN,           'a truncated body',                                    null,                                     1, 'none',      COMPLETED, meets({ fault: 'truncated_200' })],
  [UNKNOWN,           '200 with a page of HTML, not made',                   null,                                     0, 'same',      COMPLETED, meets({ fault: 'html_200' })],
  [UNKNOWN,           '200 with a page of HTML, made',                       null,                                     1, 'none',      COMPLETED, meets({ fault: 'html_200', afterCommit: true })],
  [UNKNOWN,           '502 with a page of HTML, not made',                   null,                                     0, 'same',      COMPLETED, meets({ fault: 'html_502' })],
  [UNKNOWN,           '502 with a page of HTML, made',                       null,                                     1, 'none',      COMPLETED, meets({ fault: 'html_502', afterCommit: true })],
  [UNKNOWN,           '500, kept under the key, not made',                   null,                                     0, 'same, new', COMPLETED, meets({ fault: 'error_500_before' })],
  [UNKNOWN,           '500, kept under the key, made',                       null,                                     1, 'none',      COMPLETED, meets({ fault: 'error_500_after_commit' })],
  [UNKNOWN,           '503 with JSON that has no error, not made',           null,                                     0, 'same',      COMPLETED, meets({ fault: 'json_503_without_error' })],
  [UNKNOWN,           '503 with JSON that has no error, made',               null,                                     1, 'none',      COMPLETED, meets({ fault: 'json_503_without_error', afterCommit: true })],
  [UNKNOWN,           '503 with an error of Stripe’s',                       null,                                     0, 'same',      COMPLETED, says({ status: 503, stored: false })],
  [UNKNOWN,           '500 that words itself as a refusal',                  null,                                     0, 'same',      COMPLETED, says({ status: 500, type: 'invalid_request_error', code: 'balance_insufficient', stored: false })],
  [UNKNOWN,           '408, which a proxy says',                             null,                                     0, 'same',      COMPLETED, says({ status: 408, type: 'timeout', stored: false })],
  [UNKNOWN,           '200 with a payment intent',                           null,                                     1, 'none',      COMPLETED, meets({ fault: 'wrong_object_200' })],
  [UNKNOWN,           '200 with null',                                       null,                                     1, 'none',      COMPLETED, meets({ fault: 'wrong_object_200', body: null })],
  [UNKNOWN,           '200 with a list',                                     null,                                     1, 'none',      COMPLETED, meets({ fault: 'wrong_object_200', body: { object: 'list', data: [] } })],
  [UNKNOWN,           '200 with a bank payout that calls itself a transfer', null,                                     1, 'none',      COMPLETED, answersWith({ id: 'po_1' })],
  [UNKNOWN,           '200 with a transfer of another amount',               null,                                     1, 'none',      COMPLETED, answersWith({ amount: 501 })],
  [UNKNOWN,           '200 with a transfer in another currency',             null,                                     1, 'none',      COMPLETED, answersWith({ currency: 'eur' })],
  [UNKNOWN,           '200 with a transfer to another destination',          null,                                     1, 'none',      COMPLETED, answersWith({ destination: 'acct_other' })],

  [OUR_FAULT,         '401',                                                 null,                                     0, 'same',      COMPLETED, meets({ fault: 'unauthorized_401' })],
  [OUR_FAULT,         '403',                                                 null,                                     0, 'same',      COMPLETED, meets({ fault: 'forbidden_403' })],
  [OUR_FAULT,         '400 idempotency_error',                               null,                                     0, 'new',       COMPLETED, ({ id }) => world.simulator.takeKey(`payout_${id}_1`)],
];

const TABLE: Row[] = ROWS.map(([one, signal, failureCode, live, then, ends, given]) => {
  return { class: one, signal, failureCode, live, then, ends, given };
});

const CLASSES: [string, Class][] = [
  ['success', SUCCESS],
  ['refused, retryable', REFUSED_RETRYABLE],
  ['refused, permanent', REFUSED_PERMANENT],
  ['not executed', NOT_EXECUTED],
  ['UNKNOWN', UNKNOWN],
  ['our fault', OUR_FAULT],
];

describe.each(CLASSES)('%s', (_, one) => {
  it.each(TABLE.filter((row) => row.class === one))('$signal', async (row) => {
    const scene = await takeThrough(row);
    await expectAtOnce(scene, row);
    await recover(scene, row);
    await expectInTheEnd(scene, row);
  });

  it('leaves every invariant true', () => expectInvariants(world));
});

/** Long enough that nobody takes an unanswered attempt up again before the test wants it. */
const BACK_OFF = { resolveAfterMs: 60_000 };

async function takeThrough(row: Row): Promise<Scene> {
  const creator = await addCreator(world);
  const { id } = await pay(world, { creatorId: creator.id });
  await row.given({ id, creator });
  const patience = row.signal.startsWith('no answer') ? impatient(world, 200) : {};
  await work(world, 'claimed', { ...RETRIES, ...BACK_OFF, ...patience });
  return { id, creator };
}

async function expectAtOnce({ id }: Scene, { class: wanted, failureCode, live }: Row): Promise<void> {
  const { status, ...payout } = await payoutOf(world, id);
  const waitsMs = payout.nextAttemptAt ? payout.nextAttemptAt.getTime() - payout.updatedAt.getTime() : null;
  expect({ status, failureCode: payout.failureCode, nextAttemptMs: waitsMs }).toEqual({
    status: wanted.status,
    failureCode,
    nextAttemptMs: wanted.nextAttemptMs,
  });
  expect((await processingState(world.db.pool)).paused).toBe(wanted.paused);
  expect(await openAlerts()).toEqual(wanted.alerts);
  expect(await liveOf(id)).toBe(live);
  // One attempt so far, which is left alone for the back-off while it is not certain what became of it; or which waits
  // for nothing but that processing is resumed.
  const underWay = wanted.status === 'PROCESSING';
  expect(await attemptsOf(world, id)).toMatchObject([
    {
      key: `payout_${id}_1`,
      sends: 1,
      finished: !underWay,
      ...(underWay && { leased: !wanted.paused }),
      ...(wanted.outcome && { outcome: wanted.outcome }),
    },
  ]);
}

/** Stripe is well again, the money is there, the settings are mended, and everybody does what is due. */
async function recover({ id, creator }: Scene, { then }: Row): Promise<void> {
  // Under a key that Stripe refuses to know nothing can be sent any more, so its absence must be proven first.
  if (then === 'new') await graceIsOver(id);
  await wellAgain();
  await world.simulator.setCapability(creator.accountId, 'active').catch(() => undefined);
  await retryWhenDue(id);
  await resolve(world);
  if (then !== 'same, new') return;
  expect((await payoutOf(world, id)).status).toBe('PROCESSING');
  await graceIsOver(id);
  await resolve(world);
}

async function wellAgain(): Promise<void> {
  await world.simulator.clearFaults();
  await world.simulator.releaseHeld();
  await world.simulator.setBalance(100_000_000);
  if ((await processingState(world.db.pool)).paused) await resume(world);
}

async function retryWhenDue(id: string): Promise<void> {
  if ((await payoutOf(world, id)).nextAttemptAt === null) return expectNoRetry();
  await expect.poll(() => work(world, 'retry_claimed', RETRIES), { interval: 20 }).toBe(1);
}

async function expectNoRetry(): Promise<void> {
  expect(await work(world, 'retry_claimed')).toBe(0);
}

/** As if the request had been sent eleven minutes ago; the grace is ten. */
async function graceIsOver(id: string): Promise<void> {
  await world.db.pool.query(
    `UPDATE payout_attempts SET started_at = now() - interval '11 minutes', sent_at = now() - interval '11 minutes'
     WHERE payout_id = $1 AND finished_at IS NULL`,
    [id],
  );
}

/** How often each attempt was sent, for what follows the first request. */
const SENDS: Record<Then, number[]> = { none: [1], same: [2], new: [1, 1], 'same, new': [2, 1] };

async function expectInTheEnd({ id }: Scene, { then, ends, failureCode }: Row): Promise<void> {
  const transfers = await transfersOf(world, id);
  expect(await payoutOf(world, id)).toMatchObject({
    status: ends,
    stripeTransferId: transfers[0]?.id ?? null,
    failureCode: ends === FAILED ? failureCode : null,
    nextAttemptAt: null,
  });
  expect(transfers).toHaveLength(ends === COMPLETED ? 1 : 0);
  expect(await liveOf(id)).toBe(ends === COMPLETED ? 1 : 0);
  const attempts = await attemptsOf(world, id);
  expect(attempts.map(({ key, sends }) => [key, sends])).toEqual(
    SENDS[then].map((sends, i) => [`payout_${id}_${i + 1}`, sends]),
  );
  // Nothing is due any more, so the balance suffices whatever it is.
  await checkPlatformBalance({ ...world.deps, balance: { available: async () => ({}) } });
  expect(await openAlerts()).toEqual([]);
  expect((await processingState(world.db.pool)).paused).toBe(false);
}

async function liveOf(id: string): Promise<number> {
  return (await transfersOf(world, id)).filter(({ reversed }) => !reversed).length;
}

async function openAlerts(): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ rule: string }>(
    'SELECT rule FROM alerts WHERE open_key IS NOT NULL ORDER BY rule',
  );
  return rows.map(({ rule }) => rule);
}

describe('a creator who was not ready', () => {
  it.each(['account.updated', 'capability.updated'])(
    'is paid at once when %s says that they are',
    async (type) => {
      const creator = await addCreator(world);
      const { id } = await pay(world, { creatorId: creator.id });
      await spoil(world, id, { fault: 'capability_off_before_transfer' });
      await work(world);
      expect(await work(world, 'retry_claimed')).toBe(0);
      await world.simulator.setCapability(creator.accountId, 'active');
      expect(await receive(world, await lastEvent(type, creator.accountId))).toBe('applied');
      expect(await work(world, 'retry_claimed')).toBe(1);
      expect((await payoutOf(world, id)).status).toBe('COMPLETED');
      expect((await attemptsOf(world, id)).map(({ key }) => key)).toEqual([
        `payout_${id}_1`,
        `payout_${id}_2`,
      ]);
      expect(await liveOf(id)).toBe(1);
      await expectInvariants(world);
    },
  );
});

/** The simulator's own event, as the webhook's route would hand it on. */
async function lastEvent(type: string, stripeAccount: string) {
  const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 1_000 });
  const { data } = await stripe.events.list({ type, limit: 1 }, { stripeAccount });
  const [event] = data;
  if (!event) throw new Error(`no ${type} of ${stripeAccount}`);
  return { id: event.id, type, account: stripeAccount, livemode: event.livemode, payload: event };
}
