// What admins decide about payouts: each decision once, with who, what, why, before and after; by two people where it must
// be two; and the verification finds whatever got around it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/payouts/actor.js';
import {
  approvePayout,
  holdPayout,
  rejectPayout,
  releasePayout,
} from '../../../src/payouts/control/decide.js';
import { createPayout } from '../../../src/payouts/create.js';
import type { PayoutFilter } from '../../../src/payouts/lists/conditions.js';
import { countPayouts } from '../../../src/payouts/lists/count.js';
import { listPayouts } from '../../../src/payouts/lists/list.js';
import { retryPayout } from '../../../src/payouts/retry.js';
import { claimPayouts } from '../../../src/payouts/sending/claim.js';
import { approvalsOf, noticesOf } from '../../../src/payouts/standing.js';
import type { Viewer } from '../../../src/payouts/viewer.js';
import { addCreator, addStatement, createWorld, openClient, type World } from '../../support/world.js';
import { expectInvariants, verify } from '../invariants.js';
import { ADMIN, changesOf, pay, payoutOf, spoil, transfersOf, work } from '../support.js';

const BOSS: Actor = { name: 'boss@platform', requestId: 'req-of-the-boss' };
const VIEWER: Viewer = { role: 'ADMIN', sub: 'boss@platform' };
const CENTS = 5_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  world.deps.limits = { ...world.deps.limits, approvalAboveCents: 1_000 };
});
afterAll(() => world.close());

const why = (payoutId: string, reason = 'a second look') => ({ payoutId, reason });
const large = async () => (await pay(world, { amountCents: CENTS })).id;
const hold = (id: string, reason?: string) => holdPayout(world.deps, why(id, reason), ADMIN);
const release = (id: string) => releasePayout(world.deps, why(id), ADMIN);
const approve = (id: string, actor = BOSS) => approvePayout(world.deps, why(id), actor);
const reject = (id: string) => rejectPayout(world.deps, why(id, 'not owed'), BOSS);

interface Told {
  action: string;
  actor: string;
  reason: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
}

async function auditOf(id: string): Promise<Told[]> {
  const { rows } = await world.db.pool.query<Told>(
    'SELECT action, actor, reason, before, after FROM audit_events WHERE payout_id = $1 ORDER BY version',
    [id],
  );
  return rows;
}

describe('one person under two names', () => {
  it.each([
    ['Ann@Platform', 'ann@platform'],
    [' ann', 'ann'],
    ['operator:ann', 'ann'],
    ['operator:Ann', 'ann@platform'],
    ['ann@platform', 'operator:ann'],
    ['ｏperator:ann', 'ann'],
  ])('asks as %j and cannot approve as %j', async (asks, approves) => {
    const { id: creatorId } = await addCreator(world);
    const input = { creatorId, amountCents: CENTS, idempotencyKey: randomUUID() };
    const { payout } = await createPayout(world.deps, input, { name: asks });
    await expect(approve(payout.id, { name: approves })).rejects.toThrow(
      'You asked for this payout yourself',
    );
  });

  it.each([
    // Two people, as far as anybody can see.
    ['ann@platform', 'ann@elsewhere'],
    ['operator:ann', 'anna@platform'],
    ['operator:ann', 'operator:bob'],
  ])('is not found where %j asks and %j approves', async (asks, approves) => {
    const { id: creatorId } = await addCreator(world);
    const input = { creatorId, amountCents: CENTS, idempotencyKey: randomUUID() };
    const { payout } = await createPayout(world.deps, input, { name: asks });
    await approve(payout.id, { name: approves });
    expect(await approvalsOf(world.db.pool, [payout.id])).toMatchObject([{ approvedBy: approves }]);
  });
});

describe('an approval of what the admin saw', () => {
  const seen = (id: string, what: object) => approvePayout(world.deps, { ...why(id), ...what }, BOSS);

  it('is given where it is still so', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id, amountCents: CENTS });
    const [standing] = await approvalsOf(world.db.pool, [id]);
    expect(standing?.currentDestination).toBe(creator.accountId);
    await seen(id, { expectedAmountCents: CENTS, expectedDestination: creator.accountId });
    expect(await approvalsOf(world.db.pool, [id])).toMatchObject([{ amountCents: CENTS, voided: false }]);
  });

  it('is refused where the amount or the account is another one by now', async () => {
    const id = await large();
    await expect(seen(id, { expectedAmountCents: CENTS - 1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      inputPath: ['expectedAmountCents'],
      message: expect.stringContaining('it is $50.00 now, not $49.99. Look at the payout again'),
    });
    await expect(
      seen(id, { expectedAmountCents: CENTS, expectedDestination: 'acct_before' }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      inputPath: ['expectedDestination'],
      message: expect.stringContaining('another Stripe account'),
    });
    expect(await approvalsOf(world.db.pool, [id])).toMatchObject([{ approvedBy: null }]);
  });

  it('is of the account that it was compared with, also when that changes between the look and the record', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id, amountCents: CENTS });
    const client = await openClient(world);
    await client.query('BEGIN; LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
    const approving = seen(id, { expectedAmountCents: CENTS, expectedDestination: creator.accountId });
    const waiting = `SELECT 1 FROM pg_locks WHERE relation = 'audit_events'::regclass AND NOT granted`;
    await expect.poll(async () => (await world.db.pool.query(waiting)).rowCount).toBe(1);
    await world.db.pool.query(`UPDATE creators SET stripe_account_id = 'acct_unseen' WHERE id = $1`, [
      creator.id,
    ]);
    await client.query('COMMIT');
    await client.end();
    await approving;
    expect(await approvalsOf(world.db.pool, [id])).toMatchObject([
      { destination: creator.accountId, currentDestination: 'acct_unseen', voided: true },
    ]);
    await work(world);
    expect(await payoutOf(world, id)).toMatchObject({ status: 'PENDING' });
    await reject(id);
  });

  it('is refused also where it was approved as it is now, which is not what this admin saw', async () => {
    const id = await large();
    await approve(id);
    await expect(seen(id, { expectedAmountCents: 1 })).rejects.toThrow('Look at the payout again');
  });
});

describe('a decision', () => {
  it('says who, what, why, before and after, with an event and a version of its own', async () => {
    const id = await large();
    await hold(id);
    await release(id);
    await approve(id);
    expect((await auditOf(id)).slice(1)).toMatchObject([
      {
        action: 'held',
        actor: ADMIN.name,
        reason: 'a second look',
        before: { status: 'PENDING', version: 1 },
        after: { status: 'PENDING', version: 2, control: 'HELD', controlReason: 'a second look' },
      },
      { action: 'released', before: { control: 'HELD', version: 2 }, after: { version: 3 } },
      {
        action: 'approved',
        actor: BOSS.name,
        before: { version: 3 },
        after: { version: 4, approvedBy: BOSS.name, approvedAmountCents: CENTS },
      },
    ]);
    expect(await changesOf(world, id)).toEqual([
      'none>PENDING',
      'PENDING>PENDING',
      'PENDING>PENDING',
      'PENDING>PENDING',
    ]);
    expect(await payoutOf(world, id)).toMatchObject({ version: 4, control: null, controlReason: null });
  });

  it('that is made again changes nothing, and another reason to hold is a change', async () => {
    const id = await large();
    for (let twice = 0; twice < 2; twice += 1) await hold(id);
    expect((await payoutOf(world, id)).version).toBe(2);
    expect(await hold(id, 'another')).toMatchObject({ version: 3, controlReason: 'another' });
    for (let twice = 0; twice < 2; twice += 1) await release(id);
    for (let twice = 0; twice < 2; twice += 1) await approve(id);
    for (let twice = 0; twice < 2; twice += 1) await reject(id);
    expect((await payoutOf(world, id)).version).toBe(6);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'created',
      'held',
      'held',
      'released',
      'approved',
      'rejected',
    ]);
  });

  it('needs a reason, and a payout', async () => {
    const id = await large();
    await expect(hold(id, '  ')).rejects.toMatchObject({ code: 'INVALID_INPUT', inputPath: ['reason'] });
    await expect(hold(id, 'x'.repeat(1_001))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(hold('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await payoutOf(world, id)).version).toBe(1);
    await reject(id);
  });

  it('cannot be made about what is on its way, or has ended', async () => {
    const { id } = await pay(world);
    await expect(release(id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', status: 'PENDING' });
    await expect(approve(id)).rejects.toMatchObject({
      message: expect.stringContaining('needs no approval'),
    });
    await claimPayouts(world.deps, 'claimed', 100, 60_000);
    const stays = { code: 'INVALID_TRANSITION', message: expect.stringContaining('is being sent') };
    await expect(hold(id)).rejects.toMatchObject(stays);
    await expect(reject(id)).rejects.toMatchObject(stays);
    const { id: paid } = await pay(world);
    await work(world);
    for (const decide of [hold, reject, release, approve]) {
      await expect(decide(paid)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', status: 'COMPLETED' });
    }
    await world.db.pool.query(
      'UPDATE payout_attempts SET lease_until = now() - make_interval(mins => 1) WHERE finished_at IS NULL',
    );
  });
});

describe('an approval', () => {
  it('is not that of who asked for the payout', async () => {
    const id = await large();
    await expect(approve(id, ADMIN)).rejects.toMatchObject({ code: 'APPROVER_IS_REQUESTER' });
    await approve(id);
    await expect(approve(id, ADMIN)).rejects.toMatchObject({ code: 'APPROVER_IS_REQUESTER' });
    expect((await payoutOf(world, id)).version).toBe(2);
    await work(world);
  });

  it('may be that of who retries what somebody else has asked for, and was never paid', async () => {
    const id = await large();
    await approve(id);
    await spoil(world, id, { fault: 'stripe_error', code: 'amount_too_large' });
    await work(world);
    await retryPayout(world.deps, id, BOSS);
    await approve(id);
    await work(world);
    expect(await transfersOf(world, id)).toHaveLength(1);
  });

  it('counts once, however many give it at once', async () => {
    const id = await large();
    const others = ['a@platform', 'b@platform', 'c@platform'].map((name) => approve(id, { name }));
    const versions = (await Promise.all(others)).map(({ version }) => version);
    expect(versions).toEqual([2, 2, 2]);
    expect((await auditOf(id)).filter(({ action }) => action === 'approved')).toHaveLength(1);
    await work(world);
    expect(await transfersOf(world, id)).toHaveLength(1);
  });

  it('is shown as it stands, and as void once it does not hold', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id, amountCents: CENTS });
    const shown = async () => (await approvalsOf(world.db.pool, [id]))[0];
    expect(await shown()).toMatchObject({ required: true, approvedBy: null, voided: false });
    await approve(id);
    const approved = {
      required: true,
      approvedBy: BOSS.name,
      amountCents: CENTS,
      destination: creator.accountId,
    };
    expect(await shown()).toMatchObject({ ...approved, voided: false });
    expect(await noticesOf(world.db.pool, [id])).toEqual([null]);
    const account = (accountId: string) =>
      world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [
        creator.id,
        accountId,
      ]);
    await account('acct_other');
    expect(await shown()).toMatchObject({ ...approved, voided: true });
    expect(await noticesOf(world.db.pool, [id])).toEqual([expect.stringContaining('checking this payment')]);
    await account(creator.accountId);
    expect(await shown()).toMatchObject({ voided: false });
    await reject(id);
  });

  it('needs an account that it can be bound to', async () => {
    const creator = await addCreator(world);
    const { id } = await pay(world, { creatorId: creator.id, amountCents: CENTS });
    await world.db.pool.query('UPDATE creators SET stripe_account_id = NULL WHERE id = $1', [creator.id]);
    await expect(approve(id)).rejects.toMatchObject({ code: 'CREATOR_NOT_READY' });
    await reject(id);
  });
});

describe('a rejected payout', () => {
  it('has ended: its statement is free, nobody retries it, and a worker leaves it alone', async () => {
    const creator = await addCreator(world);
    const royaltyStatementId = await addStatement(world, creator.id, CENTS);
    const one = { creatorId: creator.id, royaltyStatementId, amountCents: CENTS };
    const { id } = await pay(world, one);
    await expect(pay(world, one)).rejects.toMatchObject({ code: 'STATEMENT_OVERDRAWN' });
    expect(await reject(id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'rejected',
      failedReason: 'not owed',
      nextAttemptAt: null,
      control: 'REJECTED',
    });
    expect(await changesOf(world, id)).toEqual(['none>PENDING', 'PENDING>FAILED']);
    for (const decide of [(x: string) => retryPayout(world.deps, x, ADMIN), hold, approve]) {
      await expect(decide(id)).rejects.toMatchObject({
        code: 'INVALID_TRANSITION',
        message: expect.stringContaining('was rejected'),
      });
    }
    const { id: anew } = await pay(world, one);
    await approve(anew);
    await work(world);
    expect(await payoutOf(world, anew)).toMatchObject({ status: 'COMPLETED' });
  });

  it('is one that waited for its next attempt, too, and not one that has failed for good', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'stripe_error', code: 'balance_insufficient' });
    await work(world);
    expect(await reject(id)).toMatchObject({
      status: 'FAILED',
      failureCode: 'rejected',
      nextAttemptAt: null,
    });
    const { id: ended } = await pay(world);
    await spoil(world, ended, { fault: 'stripe_error', code: 'amount_too_large' });
    await work(world);
    await expect(reject(ended)).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
    await hold(ended);
    await expect(retryPayout(world.deps, ended, ADMIN)).rejects.toThrow('is held');
    await release(ended);
    expect((await retryPayout(world.deps, ended, ADMIN)).status).toBe('PENDING');
    await work(world);
  });
});

describe('a hold and a worker at once', () => {
  it('come to one order: what is held was not taken up, and what was taken up is not held', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, async () => (await pay(world)).id));
    const [claimed, ...held] = await Promise.all([
      claimPayouts(world.deps, 'claimed', 12, 60_000),
      ...ids.map((id) =>
        hold(id).then(
          () => id,
          () => null,
        ),
      ),
    ]);
    const taken = new Set(claimed.map(({ request }) => request.payoutId));
    for (const [i, id] of ids.entries()) expect(taken.has(id)).toBe(held[i] === null);
    for (const id of held.filter((one) => one !== null)) await release(id);
    await world.db.pool.query(
      'UPDATE payout_attempts SET lease_until = now() - make_interval(mins => 1) WHERE finished_at IS NULL',
    );
  });
});

describe('lists', () => {
  it('find what is held and what awaits an approval', async () => {
    const creator = await addCreator(world);
    const one = { creatorId: creator.id, amountCents: CENTS };
    const ids = await Promise.all([1, 2, 3, 4].map(async () => (await pay(world, one)).id));
    const [held, waiting, approved, ended] = ids as [string, string, string, string];
    await Promise.all([hold(held), approve(approved), reject(ended)]);
    const found = async (filter: PayoutFilter, viewer: Viewer = VIEWER) => {
      const page = await listPayouts(
        world.db.pool,
        viewer,
        { first: 50 },
        { creatorId: creator.id, ...filter },
      );
      const some = page.nodes.map(({ row }) => row.id).sort();
      expect(await countPayouts(world.db.pool, viewer, { creatorId: creator.id, ...filter })).toBe(
        some.length,
      );
      return some;
    };
    expect(await found({ held: true })).toEqual([held]);
    expect(await found({ held: false })).toEqual([waiting, approved, ended].sort());
    expect(await found({ awaitingApproval: true })).toEqual([held, waiting].sort());
    expect(await found({ awaitingApproval: false })).toEqual([approved, ended].sort());
    expect(await found({ awaitingApproval: true, held: true })).toEqual([held]);
    const self: Viewer = { role: 'CREATOR', sub: 'c', creatorId: creator.id };
    expect(await found({ held: true }, self)).toEqual([held, waiting].sort());
    for (const id of [held, waiting, approved]) await reject(id);
  });
});

describe('the verification', () => {
  it('finds nothing wrong with any of this', async () => {
    await world.db.pool.query(
      'UPDATE payout_attempts SET lease_until = now() - make_interval(mins => 1) WHERE finished_at IS NULL',
    );
    await expectInvariants(world);
  });

  it('and the sums are those that the audit tells of', async () => {
    // By statuses, as they are; and what failed for good, which a decision about it does not tell of again.
    const figures = ['pending_count', 'failed_count', 'failed_cents'].map(
      (name) => `sum(in_${name})::int AS in_${name}`,
    );
    const sums = async () =>
      (
        await world.db.pool.query(
          `SELECT scope, ${figures.join(', ')}, sum(failed_count)::int AS failed, sum(failed_cents)::int AS cents
           FROM (SELECT scope, in_pending_count, in_failed_count, in_failed_cents, failed_count, failed_cents
             FROM payout_deltas UNION ALL SELECT scope, in_pending_count, in_failed_count, in_failed_cents, failed_count,
             failed_cents FROM payout_rollups WHERE day = '-infinity') all_of_them GROUP BY scope ORDER BY scope`,
        )
      ).rows;
    const before = await sums();
    await world.db.pool.query('SELECT rebuild_payout_rollups()');
    expect(await sums()).toEqual(before);
    expect(before.find(({ scope }) => scope === '*')).toMatchObject({ failed: expect.any(Number) });
  });

  /** As somebody would who gets around the engine. */
  const around = async (sql: string, id: string) => {
    await world.db.pool.query('BEGIN; ALTER TABLE audit_events DISABLE TRIGGER USER; COMMIT');
    await world.db.pool.query(sql, [id]);
    await world.db.pool.query('ALTER TABLE audit_events ENABLE TRIGGER USER');
  };

  it.each([
    [
      'a request was made for a payout that was held or rejected',
      `UPDATE audit_events SET after = after || '{"control": "HELD"}' WHERE payout_id = $1 AND action = 'claimed'`,
    ],
    [
      'a request was made that was not approved: this amount, to this account',
      `UPDATE audit_events SET after = after || '{"approvedDestination": "acct_other"}'
       WHERE payout_id = $1 AND action = 'claimed'`,
    ],
    [
      'who asked for the payout has approved it',
      `UPDATE audit_events SET actor = 'boss@platform' WHERE payout_id = $1`,
    ],
    [
      'what was decided about the payout was changed without a record',
      `UPDATE payouts SET control = 'HELD' WHERE id = $1`,
    ],
    [
      'the payout went on after it was rejected',
      `UPDATE audit_events SET action = 'rejected' WHERE payout_id = $1 AND action = 'approved'`,
    ],
    [
      'who asked for the payout has approved it',
      `UPDATE audit_events SET action = 'retry_requested', actor = 'boss@platform' WHERE payout_id = $1 AND version = 1`,
    ],
  ])('finds: %s', async (found, sql) => {
    const id = await large();
    await approve(id);
    await work(world);
    await around(sql, id);
    const { findings } = await verify(world, { allowUnheard: true });
    expect(findings.filter(({ payoutId }) => payoutId === id).map(({ what }) => what)).toContain(found);
  });
});
