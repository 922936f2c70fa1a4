// Settling: the response and the webhook may come in any order or at once, and one of them completes the payout.
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../src/payouts/actor.js';
import type { TransferAnswer } from '../../src/payouts/ports.js';
import { claimPayouts, type LeasedRequest } from '../../src/payouts/sending/claim.js';
import { recordAnswer } from '../../src/payouts/sending/submit.js';
import { settleTransfer } from '../../src/payouts/settle.js';
import { transferFact } from '../../src/stripe/transfers.js';
import { createWorld, type World } from '../support/world.js';
import {
  attemptsOf,
  changesOf,
  eventOf,
  pay,
  payoutOf,
  receive,
  spoil,
  transfersOf,
  work,
} from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

interface Made {
  id: string;
  leased: LeasedRequest;
  answer: TransferAnswer;
  transfer: Stripe.Transfer;
}

/** A payout whose transfer Stripe has made, and of which nobody has told us yet. */
async function made(): Promise<Made> {
  const { id } = await pay(world);
  const [leased] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
  if (!leased) throw new Error('nothing was claimed');
  const answer = await world.deps.transfers.create(leased.request);
  const [transfer] = await transfersOf(world, id);
  if (!transfer) throw new Error('there is no transfer');
  return { id, leased, answer, transfer };
}

async function expectSettledOnce({ id, transfer }: Made): Promise<void> {
  expect(await payoutOf(world, id)).toMatchObject({
    status: 'COMPLETED',
    stripeTransferId: transfer.id,
    version: 3,
  });
  expect(await changesOf(world, id)).toEqual(['none>PENDING', 'PENDING>PROCESSING', 'PROCESSING>COMPLETED']);
  expect(await attemptsOf(world, id)).toMatchObject([
    { outcome: 'SUCCEEDED', finished: true, transferId: transfer.id },
  ]);
}

describe('a payout is completed once', () => {
  it('when the webhook comes before the response', async () => {
    const one = await made();
    expect(await receive(world, eventOf('transfer.created', one.transfer))).toBe('applied');
    expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
    await recordAnswer(world.deps, one.leased, one.answer);
    await expectSettledOnce(one);
    expect(await actorsOf(one.id)).toEqual(['admin@platform', 'system', 'stripe']);
  });

  it('when the response comes before the webhook', async () => {
    const one = await made();
    await recordAnswer(world.deps, one.leased, one.answer);
    expect(await receive(world, eventOf('transfer.created', one.transfer))).toBe('applied');
    await expectSettledOnce(one);
    expect(await actorsOf(one.id)).toEqual(['admin@platform', 'system', 'system']);
  });

  it('when the webhook, its duplicate, the response and the sweep come at once', async () => {
    const rounds: Made[] = [];
    for (let i = 0; i < 25; i++) rounds.push(await made());
    await Promise.all(
      rounds.flatMap((one) => {
        const event = eventOf('transfer.created', one.transfer);
        return [
          recordAnswer(world.deps, one.leased, one.answer),
          receive(world, event),
          receive(world, eventOf('transfer.created', one.transfer)),
          settleTransfer(world.db.pool, one.id, transferFact(one.transfer), SYSTEM),
        ];
      }),
    );
    for (const one of rounds) await expectSettledOnce(one);
  });

  it('when the response was lost and the webhook comes while the payout is unknown', async () => {
    const one = await made();
    await recordAnswer(world.deps, one.leased, { kind: 'unknown', message: 'no answer' });
    expect(await receive(world, eventOf('transfer.created', one.transfer))).toBe('applied');
    await expectSettledOnce(one);
  });

  it('and a late "unknown" of an attempt that has ended changes nothing', async () => {
    const one = await made();
    await recordAnswer(world.deps, one.leased, one.answer);
    await recordAnswer(world.deps, one.leased, { kind: 'unknown', message: 'no answer' });
    await expectSettledOnce(one);
  });
});

async function actorsOf(id: string): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ actor: string }>(
    'SELECT actor FROM audit_events WHERE payout_id = $1 ORDER BY sequence',
    [id],
  );
  return rows.map(({ actor }) => actor);
}

/** The transfer without one of its fields. */
function without(transfer: Stripe.Transfer, field: keyof Stripe.Transfer): object {
  return Object.fromEntries(Object.entries(transfer).filter(([name]) => name !== field));
}

describe('a transfer that does not tell everything completes its payout', () => {
  it.each(['transfer_group', 'amount_reversed', 'metadata'] as const)('in the answer: %s', async (field) => {
    const one = await made();
    const body = without(one.transfer, field);
    await spoil(world, one.id, { fault: 'wrong_object_200', body });
    const answer = await world.deps.transfers.create(one.leased.request);
    expect(answer).toMatchObject({ kind: 'succeeded' });
    await recordAnswer(world.deps, one.leased, answer);
    await expectSettledOnce(one);
  });

  it.each(['transfer_group', 'amount_reversed'] as const)('in an event: %s', async (field) => {
    const one = await made();
    expect(await receive(world, eventOf('transfer.created', without(one.transfer, field)))).toBe('applied');
    await expectSettledOnce(one);
  });
});

describe('a transfer that is not what the payout asked for changes nothing and is set aside', () => {
  it.each<[string, (one: Made) => object]>([
    ['amount', () => ({ amount: 501 })],
    ['currency', () => ({ currency: 'eur' })],
    ['destination', () => ({ destination: 'acct_of_somebody_else' })],
    ['group', () => ({ transfer_group: 'payout_of_somebody_else' })],
    ["a bank payout's id", () => ({ id: 'po_123' })],
    ['no payout of ours', () => ({ metadata: { payout_id: 'somebody-elses' } })],
    ['no metadata', () => ({ metadata: {} })],
  ])('%s', async (_what, over) => {
    const one = await made();
    const before = await payoutOf(world, one.id);
    const event = eventOf('transfer.created', { ...one.transfer, ...over(one) });
    expect(await receive(world, event)).toBe('quarantined');
    expect(await payoutOf(world, one.id)).toEqual(before);
    expect(await attemptsOf(world, one.id)).toMatchObject([{ outcome: 'STARTED', finished: false }]);
    await recordAnswer(world.deps, one.leased, one.answer);
    await expectSettledOnce(one);
  });

  it('from a connected account, which can write our metadata into transfers of its own', async () => {
    const one = await made();
    const event = eventOf('transfer.created', one.transfer, { account: 'acct_connected' });
    expect(await receive(world, event)).toBe('quarantined');
    expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
  });

  it('a second transfer of a payout that is COMPLETED', async () => {
    const one = await made();
    await recordAnswer(world.deps, one.leased, one.answer);
    const second = eventOf('transfer.created', { ...one.transfer, id: 'tr_second' });
    expect(await receive(world, second)).toBe('quarantined');
    await expectSettledOnce(one);
  });

  it('a transfer of a payout that nobody has claimed', async () => {
    const { id, creatorId } = await pay(world);
    const transfer = {
      id: 'tr_early',
      object: 'transfer',
      amount: 500,
      amount_reversed: 0,
      currency: 'usd',
      destination: creatorId,
      transfer_group: `payout_${id}`,
      metadata: { payout_id: id },
    };
    expect(await receive(world, eventOf('transfer.created', transfer))).toBe('quarantined');
    expect((await payoutOf(world, id)).status).toBe('PENDING');
    await work(world);
  });
});
