// Asks Stripe what transfers a payout has, before anything is sent that could make another one.
import type pg from 'pg';
import { checkpoint } from '../../observability/checkpoints.js';
import type { Logger } from '../../observability/logger.js';
import { SYSTEM } from '../actor.js';
import { raiseAlert, resolveAlert } from '../alerts.js';
import { attemptsOf, makerOf } from '../attempts.js';
import { reservePace, sleep } from '../pace.js';
import {
  GatewayRefusedError,
  type Signals,
  type TransferFact,
  type TransferGateway,
  type TransferRequest,
} from '../ports.js';
import { pauseForConfiguration } from '../processing.js';
import { settleTransfer } from '../settle.js';

export interface FindDeps {
  pool: pg.Pool;
  transfers: TransferGateway;
  signals: Signals;
  log: Logger;
  /** Requests a second to each of Stripe's endpoints, of all workers together. */
  maxRps: number;
}

export type Found =
  /**
   * A transfer is there that says all: the payout is completed by it now, or failed because all of it was taken back,
   * or there is an alert that it cannot be its. Nothing must be sent.
   */
  | 'settled'
  /** Stripe knows of none that counts. */
  | 'absent';

/** @throws when Stripe does not answer: that proves nothing */
export async function settleFound(deps: FindDeps, request: TransferRequest): Promise<Found> {
  const { payoutId } = request;
  const transfers = await ask(deps, payoutId);
  checkpoint('look.after_answer');
  const asked = transfers.filter((one) => isAsked(one, request));
  const telling = asked.find(isLive) ?? transfers.find(isLive) ?? (await ownOf(deps, request, asked));
  const settled = telling && (await settleTransfer(deps.pool, payoutId, telling, SYSTEM));
  if (settled?.kind === 'mismatch') await alertUnexpected(deps, payoutId, telling?.id ?? '', settled.why);
  else await resolveAlert(deps.pool, 'reconciliation_mismatch', unexpected(payoutId));
  deps.signals.changed();
  return telling ? 'settled' : 'absent';
}

const isAsked = (one: TransferFact, { amountCents, currency, destination }: TransferRequest) =>
  one.amountCents === amountCents && one.currency === currency && one.destination === destination;

const unexpected = (payoutId: string) => `unexpected_transfer:${payoutId}`;

async function ask(deps: FindDeps, payoutId: string): Promise<TransferFact[]> {
  const [wait = 0] = await reservePace(deps.pool, 'transfers.list', deps.maxRps, 1);
  await sleep(wait);
  try {
    return await deps.transfers.findByPayout(payoutId);
  } catch (error) {
    if (error instanceof GatewayRefusedError) await pauseForConfiguration(deps.pool, error);
    throw error;
  }
}

const isLive = (transfer: TransferFact) => transfer.amountReversedCents < transfer.amountCents;

/** What was made under this very key and taken back: under the key Stripe would tell of it as if it lived. */
async function ownOf(
  { pool }: FindDeps,
  { payoutId, idempotencyKey }: TransferRequest,
  transfers: readonly TransferFact[],
): Promise<TransferFact | undefined> {
  if (transfers.length === 0) return undefined;
  const attempts = await attemptsOf(pool, payoutId);
  return transfers.find((one) => makerOf(attempts, one)?.idempotencyKey === idempotencyKey);
}

/** A live transfer that the payout cannot have: somebody must look before anything else is sent. */
export async function alertUnexpected(
  { pool, log }: Pick<FindDeps, 'pool' | 'log'>,
  payoutId: string,
  transferId: string,
  why: string,
): Promise<void> {
  log.error({ payoutId, transferId, why }, 'unexpected transfer');
  await raiseAlert(pool, {
    rule: 'reconciliation_mismatch',
    key: unexpected(payoutId),
    message: `Stripe has transfer ${transferId} for this payout, which cannot be its: ${why}. Compare both by hand.`,
    details: { transferId, why },
    payoutId,
  });
}
