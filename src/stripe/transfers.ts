// Transfers at Stripe, as the payouts' rules see them.
import type Stripe from 'stripe';
import {
  type TransferAnswer,
  type TransferFact,
  type TransferGateway,
  type TransferRequest,
  transferGroupOf,
} from '../payouts/ports.js';
import { asked } from './ask.js';
import { classifyError } from './classify.js';
import { inStripeSpan, OUTCOME } from './traced.js';

export function createTransferGateway(stripe: Stripe): TransferGateway {
  return {
    create: (request) =>
      inStripeSpan('POST', '/v1/transfers', async (span) => {
        const answer = await create(stripe, request);
        span.setAttribute(OUTCOME, answer.kind);
        return answer;
      }),
    async findByPayout(payoutId) {
      const query = { transfer_group: transferGroupOf(payoutId), limit: 100 };
      const found = asked('/v1/transfers', () =>
        stripe.transfers.list(query).autoPagingToArray({ limit: 1_000 }),
      );
      return (await found).map(transferFact);
    },
  };
}

async function create(stripe: Stripe, request: TransferRequest): Promise<TransferAnswer> {
  try {
    const transfer = await stripe.transfers.create(
      {
        amount: request.amountCents,
        currency: request.currency,
        destination: request.destination,
        transfer_group: transferGroupOf(request.payoutId),
        metadata: { payout_id: request.payoutId, idempotency_key: request.idempotencyKey },
      },
      { idempotencyKey: request.idempotencyKey },
    );
    return answerOf(transfer, request);
  } catch (error) {
    return classifyError(error);
  }
}

/** The SDK resolves for some answers that are no transfer, so what came back is looked at before it is believed. */
function answerOf(transfer: Stripe.Response<Stripe.Transfer>, request: TransferRequest): TransferAnswer {
  const requestId = transfer.lastResponse?.requestId ?? null;
  if (transfer.object !== 'transfer' || !transfer.id?.startsWith('tr_')) {
    return { kind: 'unknown', message: 'Stripe answered with something that is no transfer' };
  }
  const told = transferFact(transfer);
  // The answer to our request: what it does not say again is as we asked.
  const fact = { ...told, idempotencyKey: told.idempotencyKey ?? request.idempotencyKey };
  const asAsked =
    fact.amountCents === request.amountCents &&
    fact.currency === request.currency &&
    fact.destination === request.destination;
  return asAsked
    ? { kind: 'succeeded', transfer: fact, requestId }
    : { kind: 'unknown', message: `transfer ${transfer.id} is not what was asked for` };
}

/** Trusts no field to be there. One that failed after it was made, as older API versions say, came back as a whole. */
export function transferFact(transfer: Stripe.Transfer & { status?: unknown }): TransferFact {
  const { destination } = transfer;
  return {
    id: transfer.id,
    amountCents: transfer.amount,
    currency: transfer.currency,
    destination: typeof destination === 'string' ? destination : (destination?.id ?? ''),
    transferGroup: transfer.transfer_group ?? null,
    payoutId: transfer.metadata?.['payout_id'] ?? null,
    idempotencyKey: transfer.metadata?.['idempotency_key'] ?? null,
    amountReversedCents: hasFailed(transfer) ? transfer.amount : (transfer.amount_reversed ?? 0),
  };
}

/** Older API versions render a transfer with a status, which the SDK's type has not. */
export function hasFailed(transfer: Stripe.Transfer & { status?: unknown }): boolean {
  const { status } = transfer;
  return status === 'failed' || status === 'canceled';
}
