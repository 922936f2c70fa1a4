// A small world in which all went as it may: payouts of every kind of history, each with all that it leaves behind.
import { SYSTEM } from '../../src/payouts/actor.js';
import { applyTransition } from '../../src/payouts/apply.js';
import { retryPayout } from '../../src/payouts/retry.js';
import { claimPayouts, type LeasedRequest } from '../../src/payouts/sending/claim.js';
import { renewAttempt } from '../../src/payouts/sending/renew.js';
import { processTransfer } from '../../src/payouts/sending/submit.js';
import { ADMIN, attemptsOf, eventOf, pay, receive, transfersOf, work } from '../payouts/support.js';
import { addCreator, addStatement, type World } from '../support/world.js';

/** The payout's id by the kind of its history. */
export type Healthy = Record<
  | 'completed'
  | 'told'
  | 'refused'
  | 'retrying'
  | 'released'
  | 'reversed'
  | 'paidAnew'
  | 'partly'
  | 'failedLater',
  string
> &
  Record<'renewed' | 'processing' | 'pending', string> & { statement: string };

export async function makeHealthy(world: World): Promise<Healthy> {
  const statement = await completedFromStatement(world);
  return {
    ...statement,
    told: await told(world),
    refused: await refused(world),
    retrying: await retrying(world),
    released: await released(world),
    reversed: await reversed(world),
    paidAnew: await paidAnew(world),
    partly: await partly(world),
    failedLater: await failedLater(world),
    renewed: await renewed(world),
    processing: (await claimed(world)).request.payoutId,
    pending: (await pay(world)).id,
  };
}

async function completedFromStatement(world: World): Promise<Pick<Healthy, 'completed' | 'statement'>> {
  const { id: creatorId } = await addCreator(world);
  const statement = await addStatement(world, creatorId, 700);
  const { id: completed } = await pay(world, { creatorId, royaltyStatementId: statement });
  await work(world);
  return { completed, statement };
}

/** A payout that a worker has taken up, and nothing more. */
async function claimed(world: World): Promise<LeasedRequest> {
  await pay(world);
  const [leased] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
  if (!leased) throw new Error('nothing was claimed');
  return leased;
}

/** Sent by a worker that died; a webhook tells of the transfer. */
async function told(world: World): Promise<string> {
  const { request } = await claimed(world);
  await world.deps.transfers.create(request);
  const [transfer] = await transfersOf(world, request.payoutId);
  await receive(world, eventOf('transfer.created', transfer ?? {}));
  return request.payoutId;
}

/** For good: Stripe knows no such account. */
async function refused(world: World): Promise<string> {
  const { id: creatorId, accountId } = await addCreator(world);
  const { id } = await pay(world, { creatorId });
  await world.simulator.deleteAccount(accountId);
  await work(world);
  return id;
}

async function retrying(world: World): Promise<string> {
  const { id } = await pay(world);
  await world.simulator.setBalance(0);
  await work(world);
  await world.simulator.setBalance(10 ** 8);
  return id;
}

/** Its retry began before it was due, since its creator had become ready. */
async function released(world: World): Promise<string> {
  const { id: creatorId, accountId } = await addCreator(world);
  const { id } = await pay(world, { creatorId });
  await world.simulator.setCapability(accountId, 'inactive');
  await work(world);
  const account = await world.simulator.setCapability(accountId, 'active');
  await receive(world, eventOf('account.updated', account, { account: accountId }));
  await work(world, 'retry_claimed');
  return id;
}

async function reversed(world: World): Promise<string> {
  const { id } = await pay(world);
  await work(world);
  await takeBack(world, id);
  return id;
}

async function paidAnew(world: World): Promise<string> {
  const id = await reversed(world);
  await retryPayout(world.deps, id, ADMIN);
  await work(world);
  return id;
}

async function partly(world: World): Promise<string> {
  const { id } = await pay(world);
  await work(world);
  await takeBack(world, id, 200);
  return id;
}

/** So many cents of its transfer, or all of it; and Stripe tells us. */
export async function takeBack(world: World, payoutId: string, cents?: number): Promise<void> {
  const [made] = await transfersOf(world, payoutId);
  if (made) await world.simulator.reverse(made.id, cents);
  const [transfer] = await transfersOf(world, payoutId);
  await receive(world, eventOf('transfer.reversed', transfer ?? {}));
}

/** As an older API version tells it: made, and failed afterwards. A list shows it as if it lived. */
async function failedLater(world: World): Promise<string> {
  const { id, amountCents } = await pay(world);
  await work(world);
  const [attempt] = await attemptsOf(world, id);
  const transferId = attempt?.transferId ?? '';
  const failed = {
    payoutId: id,
    from: 'COMPLETED' as const,
    failure: { code: 'transfer_failed', reason: 'It failed afterwards.' },
    transferId,
    amountReversedCents: amountCents,
    closes: { attemptId: attempt?.id ?? '', outcome: 'SUCCEEDED' as const, transferId },
  };
  await applyTransition(world.db.pool, 'transfer_failed', [failed], SYSTEM);
  return id;
}

/** The first key made nothing and was given up; the second one paid. */
async function renewed(world: World): Promise<string> {
  const [leased] = await renewAttempt(world.deps, await claimed(world), 60_000);
  if (!leased) throw new Error('the attempt was not renewed');
  await processTransfer(world.deps, leased);
  return leased.request.payoutId;
}
