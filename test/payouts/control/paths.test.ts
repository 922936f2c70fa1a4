// What is held, rejected or not approved for what it is now does not leave: each way to keep money back against each path
// by which it can leave. Once it may go, it goes once.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/payouts/actor.js';
import {
  approvePayout,
  holdPayout,
  rejectPayout,
  releasePayout,
} from '../../../src/payouts/control/decide.js';
import { pauseProcessing } from '../../../src/payouts/processing.js';
import { retryPayout, retryPayouts } from '../../../src/payouts/retry.js';
import { createRun } from '../../../src/payouts/runs/run.js';
import { claimPayouts } from '../../../src/payouts/sending/claim.js';
import { renewAttempt } from '../../../src/payouts/sending/renew.js';
import { processTransfer } from '../../../src/payouts/sending/submit.js';
import { approvalsOf } from '../../../src/payouts/standing.js';
import { upsertCreators } from '../../../src/payouts/upsert/creators.js';
import { resolveItem } from '../../../src/reconciliation/items.js';
import { recordOpen } from '../../../src/reconciliation/record.js';
import { startRun } from '../../../src/reconciliation/runs.js';
import {
  addCreator,
  addStatement,
  createWorld,
  openClient,
  type TestCreator,
  type World,
} from '../../support/world.js';
import { verify } from '../invariants.js';
import { expectPaidOnce } from '../paid-once.js';
import {
  ADMIN,
  attemptsOf,
  eventOf,
  openAlerts,
  pay,
  payoutOf,
  receive,
  resolve,
  resume,
  spoil,
  transfersOf,
  work,
} from '../support.js';

const BOSS: Actor = { name: 'boss@platform' };
const LIMIT = 1_000;
const CENTS = 5_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.deps.limits = { ...world.deps.limits, approvalAboveCents: LIMIT };
  await world.simulator.setBalance(10 ** 9);
});
/** Of payouts that a test has changed by hand, which the verification rightly tells of. */
const tampered = new Set<string | null>();
afterAll(async () => {
  const { findings } = await verify(world, { allowUnheard: true });
  expect(findings.filter(({ payoutId }) => !tampered.has(payoutId))).toEqual([]);
  await world.close();
});

interface Case {
  id: string;
  creator: TestCreator;
}

const why = (payoutId: string, reason = 'of the test') => ({ payoutId, reason });
const approve = ({ id }: Case) => approvePayout(world.deps, why(id), BOSS);
const sql = (text: string, values: unknown[]) => world.db.pool.query(text, values);

async function payout(): Promise<Case> {
  const creator = await addCreator(world);
  return { id: (await pay(world, { creatorId: creator.id, amountCents: CENTS })).id, creator };
}

async function approved(): Promise<Case> {
  const one = await payout();
  await approve(one);
  return one;
}

/** Refused for this reason, approved as it is, and due again. */
async function refused(code: string): Promise<Case> {
  const one = await approved();
  await spoil(world, one.id, { fault: 'stripe_error', code });
  await work(world);
  expect(await payoutOf(world, one.id)).toMatchObject({ status: 'FAILED', failureCode: code });
  return one;
}

interface Path {
  /** Until just before the money could leave; the payout is approved. */
  prepare(): Promise<Case>;
  /** What would let it leave. */
  go(one: Case): Promise<unknown>;
}

const BROKE = 'balance_insufficient';
const NOT_READY = 'insufficient_capabilities_for_transfer';
let later = Math.floor(Date.now() / 1_000) + 1_000;

const PATHS: Record<string, Path> = {
  'a first claim': { prepare: approved, go: () => work(world) },
  'an automatic retry': {
    prepare: () => refused(BROKE),
    async go({ id }) {
      await sql(
        'UPDATE payouts SET next_attempt_at = now() - make_interval(mins => 1) WHERE id = $1 AND next_attempt_at IS NOT NULL',
        [id],
      );
      await work(world, 'retry_claimed');
    },
  },
  "an admin's retry": {
    prepare: () => refused(BROKE),
    async go({ id }) {
      await retryPayout(world.deps, id, ADMIN).catch(() => undefined);
      await work(world);
    },
  },
  'a retry of many': {
    prepare: () => refused(BROKE),
    async go({ id }) {
      await retryPayouts(world.deps, [id], ADMIN);
      await work(world);
    },
  },
  'processing that is resumed': {
    async prepare() {
      await pauseProcessing(world.db.pool, 'of the test', ADMIN);
      return approved();
    },
    async go() {
      await resume(world);
      await work(world);
    },
  },
  'an account that becomes ready': {
    prepare: () => refused(NOT_READY),
    async go({ creator }) {
      const { rows } = await sql('SELECT stripe_account_id AS id FROM creators WHERE id = $1', [creator.id]);
      const account = { id: rows[0]?.id, object: 'account', capabilities: { transfers: 'active' } };
      later += 1;
      await receive(world, eventOf('account.updated', account, { account: account.id, created: later }));
      await work(world, 'retry_claimed');
    },
  },
};

/** Keeps the payout from being sent, and lets it go. */
interface Block {
  put(one: Case): Promise<unknown>;
  lift(one: Case): Promise<unknown>;
}

/** As if it were written by a process that has no limit, and never approved. */
async function forgetLimit({ id }: Case): Promise<void> {
  tampered.add(id);
  await sql(
    `UPDATE payouts SET approval_above_cents = NULL, approved_by = NULL, approved_at = NULL,
       approved_amount_cents = NULL, approved_destination = NULL WHERE id = $1`,
    [id],
  );
}

const newAccount = () => world.simulator.createAccount({ transfers: 'active' });

const BLOCKS: Record<string, Block> = {
  held: {
    put: ({ id }) => holdPayout(world.deps, why(id), ADMIN),
    lift: ({ id }) => releasePayout(world.deps, why(id), ADMIN),
  },
  'approved for another account, which the platform changed': {
    async put({ creator }) {
      const { id } = await newAccount();
      const row = {
        externalId: creator.id,
        displayName: 'Changed',
        email: creator.email,
        stripeAccountId: id,
      };
      await upsertCreators(world.deps, [row], ADMIN);
    },
    lift: approve,
  },
  'approved for another account, which plain SQL changed': {
    async put({ creator }) {
      await sql('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [
        creator.id,
        (await newAccount()).id,
      ]);
    },
    lift: approve,
  },
  'above the limit of the worker, and not of who asked for it': {
    put: (one) => forgetLimit(one),
    lift: approve,
  },
  'approved for another amount': {
    async put({ id }) {
      tampered.add(id);
      await sql('UPDATE payouts SET amount_cents = amount_cents + 1 WHERE id = $1', [id]);
    },
    lift: approve,
  },
};

describe.each(Object.keys(PATHS))('%s', (path) => {
  it.each(Object.keys(BLOCKS))('does not send what is %s', async (block) => {
    const [way, bar] = [PATHS[path], BLOCKS[block]];
    if (!way || !bar) throw new Error('no such case');
    const one = await way.prepare();
    const attempts = (await attemptsOf(world, one.id)).length;
    await bar.put(one);
    await way.go(one);
    expect(await transfersOf(world, one.id)).toEqual([]);
    expect(await attemptsOf(world, one.id)).toHaveLength(attempts);
    expect((await payoutOf(world, one.id)).status).not.toBe('PROCESSING');

    await bar.lift(one);
    await way.go(one);
    const transfer = await expectPaidOnce(world, one.id);
    const { rows } = await sql('SELECT stripe_account_id AS id FROM creators WHERE id = $1', [
      one.creator.id,
    ]);
    expect(transfer.destination).toBe(rows[0]?.id);
  });

  it('does not send what is rejected, ever', async () => {
    const way = PATHS[path];
    if (!way) throw new Error('no such case');
    const one = await way.prepare();
    await rejectPayout(world.deps, why(one.id), BOSS);
    await way.go(one);
    expect(await transfersOf(world, one.id)).toEqual([]);
    expect(await payoutOf(world, one.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'rejected',
      control: 'REJECTED',
      nextAttemptAt: null,
    });
  });
});

describe('a payout above the limit', () => {
  it('waits for its approval, and another one does not', async () => {
    const one = await payout();
    const { id: small } = await pay(world, { amountCents: LIMIT });
    await work(world);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'PENDING', version: 1 });
    await expectPaidOnce(world, small);
    await approve(one);
    await work(world);
    await expectPaidOnce(world, one.id);
  });

  it('needs an approval as well when a run made it', async () => {
    const creator = await addCreator(world);
    const period = { periodStart: '2031-01-01', periodEnd: '2031-01-31' };
    await addStatement(world, creator.id, CENTS, { start: period.periodStart, end: period.periodEnd });
    await createRun(world.deps, { ...period, expectedTotalCents: CENTS, idempotencyKey: 'a run' }, ADMIN);
    const { rows } = await sql('SELECT id FROM payouts WHERE creator_id = $1', [creator.id]);
    await work(world);
    expect(await transfersOf(world, rows[0]?.id)).toEqual([]);
    await approve({ id: rows[0]?.id, creator });
    await work(world);
    await expectPaidOnce(world, rows[0]?.id);
  });

  it('is sent again under its key where it was sent before, to the account that was approved', async () => {
    const one = await approved();
    await spoil(world, one.id, { fault: 'reset_before' });
    await work(world);
    await BLOCKS['approved for another account, which plain SQL changed']?.put(one);
    await resolve(world);
    const transfer = await expectPaidOnce(world, one.id);
    expect(transfer.destination).toBe(one.creator.accountId);
  });

  it('is sent under no new key to an account that was not approved, until it is', async () => {
    const one = await approved();
    await spoil(world, one.id, { fault: 'error_500_before' });
    await work(world);
    await BLOCKS['approved for another account, which plain SQL changed']?.put(one);
    await longAgo(one);
    await resolve(world);
    expect(await attemptsOf(world, one.id)).toHaveLength(1);
    const { status, updatedAt } = await payoutOf(world, one.id);
    expect(status).toBe('PROCESSING');
    await approve(one);
    // It has been under way for as long as before: whoever waits for `payout_stuck` waits no longer for it.
    expect((await payoutOf(world, one.id)).updatedAt).toEqual(updatedAt);
    await longAgo(one);
    await resolve(world);
    expect((await expectPaidOnce(world, one.id)).destination).not.toBe(one.creator.accountId);
    expect(await attemptsOf(world, one.id)).toMatchObject([{ outcome: 'UNKNOWN' }, { outcome: 'SUCCEEDED' }]);
  });

  it.each(["control = 'HELD'", 'amount_cents = amount_cents + 1'])(
    'is sent under no new key when it was changed by hand: %s',
    async (change) => {
      const one = await approved();
      await spoil(world, one.id, { fault: 'error_500_before' });
      await work(world);
      tampered.add(one.id);
      await sql(`UPDATE payouts SET ${change} WHERE id = $1`, [one.id]);
      await longAgo(one);
      await resolve(world);
      expect(await attemptsOf(world, one.id)).toHaveLength(1);
      expect(await transfersOf(world, one.id)).toEqual([]);
      // For those that come after it.
      await sql(`UPDATE payout_attempts SET lease_until = now() + interval '1 day' WHERE payout_id = $1`, [
        one.id,
      ]);
    },
  );

  it('needs another approval to be paid again after all of it came back', async () => {
    const one = await approved();
    await work(world);
    const transfer = await expectPaidOnce(world, one.id);
    const reversed = await world.simulator.reverse(transfer.id);
    await receive(world, eventOf('transfer.reversed', (await transfersOf(world, one.id))[0] ?? reversed));
    expect((await payoutOf(world, one.id)).status).toBe('FAILED');
    await retryPayout(world.deps, one.id, BOSS);
    await work(world);
    expect(await transfersOf(world, one.id)).toHaveLength(1);
    // Who asked for it again cannot be the one who lets it go.
    await expect(approve(one)).rejects.toThrow('You asked for this payout yourself');
    await approvePayout(world.deps, why(one.id), { name: 'third@platform' });
    await work(world);
    expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
    expect(await transfersOf(world, one.id)).toHaveLength(2);
  });

  it('needs another approval after every retry of an admin once money came back, and after no automatic one', async () => {
    const one = await approved();
    await work(world);
    await world.simulator.reverse((await expectOne(one)).id);
    await receive(world, eventOf('transfer.reversed', await expectOne(one)));
    await retryPayout(world.deps, one.id, BOSS);
    await approvePayout(world.deps, why(one.id), { name: 'third@platform' });
    tampered.add(one.id);
    for (const cause of ['claimed', 'retry_claimed'] as const) {
      await spoil(world, one.id, { fault: 'stripe_error', code: BROKE });
      await sql('UPDATE payouts SET next_attempt_at = now() WHERE id = $1 AND next_attempt_at IS NOT NULL', [
        one.id,
      ]);
      await work(world, cause);
    }
    expect((await attemptsOf(world, one.id)).map(({ outcome }) => outcome)).toEqual([
      'SUCCEEDED',
      'REJECTED',
      'REJECTED',
    ]);
    expect(await approvalsOf(world.db.pool, [one.id])).toMatchObject([{ voided: false }]);
    await retryPayout(world.deps, one.id, ADMIN);
    expect(await approvalsOf(world.db.pool, [one.id])).toMatchObject([{ required: true, voided: true }]);
    await work(world);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'PENDING' });
    await expect(approvePayout(world.deps, why(one.id), ADMIN)).rejects.toThrow(
      'You asked for this payout yourself',
    );
    await approvePayout(world.deps, why(one.id), { name: 'third@platform' });
    await work(world);
    expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
  });

  it('needs it from another than who retries, also when it was paid and came back unheard', async () => {
    const one = await approved();
    await spoil(world, one.id, { fault: 'reset_after_commit' });
    await work(world);
    await world.simulator.reverse((await expectOne(one)).id);
    await receive(world, eventOf('transfer.reversed', await expectOne(one)));
    expect(await payoutOf(world, one.id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'transfer_reversed',
    });
    await retryPayout(world.deps, one.id, BOSS);
    await expect(approve(one)).rejects.toThrow('You asked for this payout yourself');
    await work(world);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'PENDING' });
    await approvePayout(world.deps, why(one.id), { name: 'third@platform' });
  });

  it('counts as above the limit of the moment when it is retried', async () => {
    world.deps.limits = { ...world.deps.limits, approvalAboveCents: null };
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id, amountCents: CENTS });
    await spoil(world, id, { fault: 'stripe_error', code: BROKE });
    await work(world);
    world.deps.limits = { ...world.deps.limits, approvalAboveCents: LIMIT };
    await retryPayout(world.deps, id, ADMIN);
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PENDING' });
    await approve({ id, creator });
    await work(world);
    await expectPaidOnce(world, id);
  });
});

describe('the limit of the worker', () => {
  it('keeps what plain SQL wrote until it is approved, and says so where admins look', async () => {
    const creator = await addCreator(world);
    const id = cuid();
    await sql(
      `INSERT INTO payouts (id, creator_id, amount_cents, status, updated_at) VALUES ($1, $2, $3, 'PENDING', now())`,
      [id, creator.id, CENTS],
    );
    tampered.add(id);
    await work(world);
    expect(await transfersOf(world, id)).toEqual([]);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PENDING', version: 2 });
    expect(await approvalsOf(world.db.pool, [id])).toMatchObject([{ required: true, approvedBy: null }]);
    const { rows } = await sql(
      'SELECT actor, action, reason, before, after FROM audit_events WHERE payout_id = $1',
      [id],
    );
    expect(rows).toMatchObject([
      {
        actor: 'system',
        action: 'approval_required',
        reason: expect.stringContaining('PAYOUT_APPROVAL_ABOVE_CENTS'),
        before: { status: 'PENDING', version: 1 },
        after: { status: 'PENDING', version: 2, approvalAboveCents: LIMIT },
      },
    ]);
    expect(rows[0].before).not.toHaveProperty('approvalAboveCents');
    await work(world);
    expect((await payoutOf(world, id)).version).toBe(2);
    await approve({ id, creator });
    await work(world);
    await expectPaidOnce(world, id);
  });

  it('lets nobody approve what they retried, where plain SQL wrote it and nobody else has asked for it', async () => {
    const creator = await addCreator(world);
    const id = cuid();
    await sql(
      `INSERT INTO payouts (id, creator_id, amount_cents, status, updated_at) VALUES ($1, $2, $3, 'FAILED', now())`,
      [id, creator.id, CENTS],
    );
    tampered.add(id);
    await retryPayout(world.deps, id, ADMIN);
    await expect(approvePayout(world.deps, why(id), ADMIN)).rejects.toMatchObject({
      code: 'APPROVER_IS_REQUESTER',
    });
    await work(world);
    expect(await transfersOf(world, id)).toEqual([]);
    await approve({ id, creator });
    await work(world);
    await expectPaidOnce(world, id);
  });

  it('counts where it is the lower one, and does not where it is the higher one', async () => {
    const higher = await asked(CENTS + 1);
    await work(world);
    expect(await transfersOf(world, higher.id)).toEqual([]);
    await approve(higher);
    await work(world);
    await expectPaidOnce(world, higher.id);

    const lower = await payout();
    await work(world, 'claimed', { limits: { approvalAboveCents: CENTS + 1 } });
    expect(await payoutOf(world, lower.id)).toMatchObject({ status: 'PENDING', version: 1 });
    await rejectPayout(world.deps, why(lower.id), BOSS);
  });

  it('hides nothing that may go behind what it keeps', async () => {
    const kept = [await asked(null), await asked(null)];
    const { id: small } = await pay(world, { amountCents: LIMIT });
    await work(world, 'claimed', { concurrency: 1 });
    await expectPaidOnce(world, small);
    for (const { id } of kept) {
      expect(await transfersOf(world, id)).toEqual([]);
      await rejectPayout(world.deps, why(id), BOSS);
    }
  });

  it('keeps a new key from what is under way, until it is approved', async () => {
    const one = await approved();
    await spoil(world, one.id, { fault: 'error_500_before' });
    await work(world);
    await forgetLimit(one);
    const { updatedAt } = await payoutOf(world, one.id);
    await longAgo(one);
    await resolve(world);
    expect(await attemptsOf(world, one.id)).toHaveLength(1);
    // Whoever waits for `payout_stuck` waits no longer for it.
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'PROCESSING', updatedAt });
    await approve(one);
    await longAgo(one);
    await resolve(world);
    await expectPaidOnce(world, one.id);
  });

  it('says nothing of what has ended when its new key would be opened', async () => {
    const one = await approved();
    const claimed = await claimPayouts(world.deps, 'claimed', 1, 60_000);
    await spoil(world, one.id, { fault: 'stripe_error', code: 'resource_missing' });
    for (const leased of claimed) await processTransfer(world.deps, leased);
    await forgetLimit(one);
    const { version, status } = await payoutOf(world, one.id);
    expect(status).toBe('FAILED');
    for (const leased of claimed) expect(await renewAttempt(world.deps, leased, 60_000)).toEqual([]);
    expect((await payoutOf(world, one.id)).version).toBe(version);
  });
});

/** Asked for while the limit was another one. */
async function asked(approvalAboveCents: number | null): Promise<Case> {
  const { limits } = world.deps;
  world.deps.limits = { ...limits, approvalAboveCents };
  const one = await payout();
  world.deps.limits = limits;
  return one;
}

describe('a payout whose first request made a transfer after it was given up', () => {
  it('is not rejected beside it: its statement would be paid twice', async () => {
    const one = await approved();
    const [first] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
    if (first?.request.payoutId !== one.id) throw new Error('another payout was claimed');
    await longAgo(one);
    await sql(`UPDATE payout_attempts SET outcome = 'UNKNOWN' WHERE payout_id = $1`, [one.id]);
    await spoil(world, one.id, { fault: 'stripe_error', code: BROKE });
    await resolve(world);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'FAILED', failureCode: BROKE });
    await world.deps.transfers.create(first.request);
    await receive(world, eventOf('transfer.created', await expectOne(one)));
    await expect(rejectPayout(world.deps, why(one.id), BOSS)).rejects.toThrow('Stripe tells of a transfer');
    await retryPayout(world.deps, one.id, ADMIN);
    await work(world);
    await expectPaidOnce(world, one.id);
  });

  it('is not rejected before that transfer is heard of either, while the request could still arrive', async () => {
    const one = await approved();
    const [first] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
    if (first?.request.payoutId !== one.id) throw new Error('another payout was claimed');
    await longAgo(one);
    await sql(`UPDATE payout_attempts SET outcome = 'UNKNOWN' WHERE payout_id = $1`, [one.id]);
    await spoil(world, one.id, { fault: 'stripe_error', code: BROKE });
    await resolve(world);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'FAILED', failureCode: BROKE });
    await expect(rejectPayout(world.deps, why(one.id), BOSS)).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
      message: expect.stringMatching(/could still make its transfer: hold the payout.* reject it after 2/),
    });
    await sql(`UPDATE payout_attempts SET sent_at = now() - interval '25 hours' WHERE payout_id = $1`, [
      one.id,
    ]);
    await rejectPayout(world.deps, why(one.id), BOSS);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'FAILED', control: 'REJECTED' });
    // It turns up all the same: nothing is changed, and somebody is told at once what to do.
    await world.deps.transfers.create(first.request);
    const transfer = await expectOne(one);
    const event = eventOf('transfer.created', transfer);
    await receive(world, event);
    expect(await openAlerts(world, event.id)).toMatchObject([
      {
        rule: 'webhook_quarantined',
        message: expect.stringContaining(`transfer ${transfer.id} of it lives: reverse it at Stripe`),
      },
    ]);
    await world.simulator.reverse(transfer.id);
  });

  it('keeps its part of its statement where it failed for good, while the request could still arrive', async () => {
    const { id: creatorId } = await addCreator(world);
    const royaltyStatementId = await addStatement(world, creatorId, LIMIT);
    const whole = { creatorId, royaltyStatementId, amountCents: LIMIT };
    const { id } = await pay(world, whole);
    const [first] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
    if (first?.request.payoutId !== id) throw new Error('another payout was claimed');
    await sql(
      `UPDATE payout_attempts SET outcome = 'UNKNOWN', started_at = now() - interval '11 minutes',
         sent_at = now() - interval '11 minutes' WHERE payout_id = $1`,
      [id],
    );
    await spoil(world, id, { fault: 'stripe_error', code: 'amount_too_large' });
    await resolve(world);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'amount_too_large',
      nextAttemptAt: null,
    });
    // Another payout would not look for the transfer of this one: both would live.
    await expect(pay(world, whole)).rejects.toMatchObject({ code: 'STATEMENT_OVERDRAWN', availableCents: 0 });
    // Its own retry looks, and needs no more than it has.
    await world.deps.transfers.create(first.request);
    await retryPayout(world.deps, id, ADMIN);
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED' });
    await expectPaidOnce(world, id);
  });

  it('gives it back when no request of it can arrive any more', async () => {
    const { id: creatorId } = await addCreator(world);
    const royaltyStatementId = await addStatement(world, creatorId, LIMIT);
    const whole = { creatorId, royaltyStatementId, amountCents: LIMIT };
    const { id } = await pay(world, whole);
    await spoil(world, id, { fault: 'stripe_error', code: 'amount_too_large' });
    await work(world);
    tampered.add(id);
    const unknownSince = (hours: number) =>
      sql(
        `UPDATE payout_attempts SET outcome = 'UNKNOWN', sent_at = now() - $2 * interval '1 hour' WHERE payout_id = $1`,
        [id, hours],
      );
    await unknownSince(23);
    await expect(pay(world, whole)).rejects.toMatchObject({ code: 'STATEMENT_OVERDRAWN' });
    await unknownSince(25);
    const { id: anew } = await pay(world, whole);
    await work(world);
    await expectPaidOnce(world, anew);
  });

  it('is not rejected where a comparison has found that transfer', async () => {
    const one = await approved();
    const period = { start: new Date(Date.now() - 1_000), end: new Date() };
    const { id: run } = await startRun(world.db.pool, period, ADMIN);
    const found = { kind: 'transfer_of_failed_payout', payoutId: one.id, transferId: 'tr_found' } as const;
    await recordOpen(world.db.pool, run, { ...found, occurredAt: period.start, details: {} });
    await expect(rejectPayout(world.deps, why(one.id), BOSS)).rejects.toThrow('Stripe tells of a transfer');
    const { rows } = await sql('SELECT id FROM reconciliation_items WHERE payout_id = $1', [one.id]);
    await resolveItem(world.db.pool, rows[0]?.id, 'It was reversed.', ADMIN);
    await rejectPayout(world.deps, why(one.id), BOSS);
  });
});

describe('an account that changes while a worker claims', () => {
  it('is not sent to: what is approved and where it goes are seen at one moment', async () => {
    const one = await approved();
    const client = await openClient(world);
    // Between the worker's look at what waits and the statement that takes it up.
    await client.query('BEGIN; LOCK TABLE alerts IN ACCESS EXCLUSIVE MODE');
    const claiming = claimPayouts(world.deps, 'claimed', 100, 60_000);
    const waiting = `SELECT 1 FROM pg_locks WHERE relation = 'alerts'::regclass AND NOT granted`;
    await expect.poll(async () => (await sql(waiting, [])).rowCount).toBe(1);
    await BLOCKS['approved for another account, which plain SQL changed']?.put(one);
    await client.query('COMMIT');
    await client.end();
    expect(await claiming).toEqual([]);
    expect(await payoutOf(world, one.id)).toMatchObject({ status: 'PENDING' });
  });
});

async function expectOne({ id }: Case) {
  const [transfer, ...others] = await transfersOf(world, id);
  if (!transfer || others.length > 0) throw new Error('not one transfer');
  return transfer;
}

/** So long that its absence at Stripe counts as proven. */
async function longAgo({ id }: Case): Promise<void> {
  await sql(
    `UPDATE payout_attempts SET started_at = now() - interval '11 minutes', sent_at = now() - interval '11 minutes'
     WHERE payout_id = $1 AND finished_at IS NULL`,
    [id],
  );
}
