// A database that was put back from a backup: what it has forgotten is taken back once and with its statement, or not at all,
// and nothing is ended whose money may have left meanwhile.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adoptTransfer } from '../../src/payouts/adopt.js';
import { rejectPayout } from '../../src/payouts/control/decide.js';
import type { TransferFact } from '../../src/payouts/ports.js';
import { afterRestore } from '../../src/payouts/restored.js';
import { lastHours, reconcileNow } from '../reconciliation/support.js';
import { addCreator, addStatement, createWorld, type TestCreator, type World } from '../support/world.js';
import { expectPaidOnce } from './paid-once.js';
import { ADMIN, attemptsOf, pay, payoutOf, resume, transfersOf, work } from './support.js';

const CENTS = 500;

let world: World;
/** Of before the disaster: its payout was paid after the backup. */
let waiting: string;
let backupAt: Date;
beforeAll(async () => {
  world = await createWorld();
  backupAt = new Date(Date.now() - 60_000);
  waiting = (await pay(world)).id;
  await lostTransfer(await creatorOf(waiting), { payoutId: waiting });
  await afterRestore(world.db.pool, backupAt, ADMIN);
});
afterAll(() => world.close());

async function creatorOf(payoutId: string): Promise<TestCreator> {
  const { rows } = await world.db.pool.query<TestCreator>(
    `SELECT c.id, c.email, c.stripe_account_id AS "accountId" FROM payouts p JOIN creators c ON c.id = p.creator_id
     WHERE p.id = $1`,
    [payoutId],
  );
  if (!rows[0]) throw new Error('there is no such payout');
  return rows[0];
}

/** What the database that was lost has made at Stripe after the backup. */
async function lostTransfer(
  { accountId: destination }: TestCreator,
  { payoutId = cuid(), number = 1, amountCents = CENTS } = {},
): Promise<TransferFact> {
  const idempotencyKey = `payout_${payoutId}_${number}`;
  const request = { payoutId, idempotencyKey, amountCents, currency: 'usd', destination };
  const answer = await world.deps.transfers.create(request);
  if (answer.kind !== 'succeeded') throw new Error('no transfer was made');
  return answer.transfer;
}

const adopt = (transfer: TransferFact, statementId?: string | null) =>
  adoptTransfer(world.db.pool, transfer, ADMIN, statementId);

describe('a transfer that is taken back', () => {
  it('is not taken without its statement while it could be of one: that would be paid once more', async () => {
    const creator = await addCreator(world);
    const statement = await addStatement(world, creator.id, 1_200);
    const [first, second] = [await lostTransfer(creator), await lostTransfer(creator, { amountCents: 700 })];
    await expect(adopt(first)).rejects.toThrow(
      new RegExp(
        `of which statement it was paid is not certain: say --statement with its id, or none.*\\$5.00 may be of: ${statement}`,
      ),
    );
    await expect(payoutOf(world, first.payoutId ?? '')).rejects.toThrow();
    expect(await adopt(first, statement)).toMatchObject({ royaltyStatementId: statement });
    // Just this much is left of it now.
    expect(await adopt(second)).toMatchObject({ royaltyStatementId: statement });
    await expect(pay(world, { creatorId: creator.id, royaltyStatementId: statement })).rejects.toMatchObject({
      code: 'STATEMENT_OVERDRAWN',
    });
  });

  it('is not taken while another payout waits to be paid from that statement, until it is rejected', async () => {
    const creator = await addCreator(world);
    const royaltyStatementId = await addStatement(world, creator.id, CENTS);
    const transfer = await lostTransfer(creator);
    const { id } = await pay(world, { creatorId: creator.id, royaltyStatementId });
    await expect(adopt(transfer)).rejects.toThrow(royaltyStatementId);
    await expect(adopt(transfer, royaltyStatementId)).rejects.toThrow('too little is left of it');
    await rejectPayout(world.deps, { payoutId: id, reason: 'It was paid after the backup.' }, ADMIN);
    expect(await adopt(transfer)).toMatchObject({ royaltyStatementId });
    expect(await transfersOf(world, id)).toEqual([]);
    await expectPaidOnce(world, transfer.payoutId ?? '');
  });

  it('is taken without a statement where none fits, or somebody says so', async () => {
    const creator = await addCreator(world);
    await addStatement(world, creator.id, CENTS - 1);
    expect(await adopt(await lostTransfer(creator))).toMatchObject({ royaltyStatementId: null });
    await addStatement(world, creator.id, 2 * CENTS, { start: '2026-07-01', end: '2026-07-31' });
    expect(await adopt(await lostTransfer(creator), null)).toMatchObject({ royaltyStatementId: null });
  });

  it('is taken once by many who ask at once', async () => {
    const creator = await addCreator(world);
    const royaltyStatementId = await addStatement(world, creator.id, CENTS);
    const transfer = await lostTransfer(creator);
    const asked = await Promise.allSettled([adopt(transfer), adopt(transfer), adopt(transfer)]);
    expect(asked.filter(({ status }) => status === 'fulfilled')).toMatchObject([
      { value: { royaltyStatementId } },
    ]);
    for (const one of asked.filter((one) => one.status === 'rejected'))
      expect(one.reason).toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('is there'),
      });
    await expectPaidOnce(world, transfer.payoutId ?? '');
  });

  it('has a key of ours to the letter, whatever its metadata say', async () => {
    const creator = await addCreator(world);
    const transfer = await lostTransfer(creator);
    for (const payoutId of ['.*', '(', ''])
      await expect(adopt({ ...transfer, payoutId, transferGroup: `payout_${payoutId}` })).rejects.toThrow(
        'we have not made it',
      );
    for (const number of ['0', '01', '1.5', '99999999', ''])
      await expect(
        adopt({ ...transfer, idempotencyKey: `payout_${transfer.payoutId}_${number}` }),
      ).rejects.toThrow('we have not made it');
  });

  it('fails its payout where all of it has come back, and frees its statement', async () => {
    const creator = await addCreator(world);
    const royaltyStatementId = await addStatement(world, creator.id, CENTS);
    const transfer = await lostTransfer(creator, { number: 3 });
    await world.simulator.reverse(transfer.id);
    const { payout } = await adopt({ ...transfer, amountReversedCents: CENTS });
    expect(payout).toMatchObject({
      status: 'FAILED',
      failureCode: 'transfer_reversed',
      royaltyStatementId,
      nextAttemptAt: null,
    });
    expect(await attemptsOf(world, payout.id)).toHaveLength(3);
    await pay(world, { creatorId: creator.id, royaltyStatementId });
  });
});

describe('a payout that stood in the backup', () => {
  const reject = (payoutId: string) =>
    rejectPayout(world.deps, { payoutId, reason: 'not owed' }, { name: 'boss@platform' });

  it('is not rejected before Stripe was asked for what was paid since, and then only if it was not', async () => {
    const { id: unpaid } = await pay(world);
    await world.db.pool.query('UPDATE payouts SET created_at = $2::timestamp WHERE id = $1', [
      unpaid,
      backupAt.toISOString(),
    ]);
    const notYet = {
      code: 'INVALID_TRANSITION',
      message: expect.stringMatching(/paid after the backup.*reconcile/i),
    };
    await expect(reject(waiting)).rejects.toMatchObject(notYet);
    await reconcileNow(world, {}, { start: new Date(backupAt.getTime() + 1_000), end: new Date() });
    await expect(reject(waiting)).rejects.toMatchObject({ message: expect.stringContaining('Stripe tells') });
    await expect(reject(unpaid)).rejects.toMatchObject(notYet);
    await reconcileNow(world, {}, lastHours());
    await expect(reject(waiting)).rejects.toThrow('Stripe tells of a transfer');
    expect(await reject(unpaid)).toMatchObject({ status: 'FAILED', control: 'REJECTED' });
    await resume(world);
    await work(world);
    await expectPaidOnce(world, waiting);
  });

  it('is rejected at once where it was made after the restore', async () => {
    expect(await reject((await pay(world)).id)).toMatchObject({ control: 'REJECTED' });
  });
});
