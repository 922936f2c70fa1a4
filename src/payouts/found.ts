// Asks Stripe what transfers a payout has, before anything is sent that could make another one.
import type pg from 'pg';
import type { Logger } from '../observability/logger.js';
import { SYSTEM } from './apply.js';
import { reservePace, sleep } from './pace.js';
import type { Signals, TransferFact, TransferGateway, TransferRequest } from './ports.js';
import { settleTransfer } from './settle.js';

export interface FindDeps {
  pool: pg.Pool;
  transfers: TransferGateway;
  signals: Signals;
  log: Logger;
  /** Requests a second to each of Stripe's endpoints, of all workers together. */
  maxRps: number;
}

export type Found =
  /** A live transfer is there: the payout has it now, or it is logged that it cannot be its. Nothing must be sent. */
  | 'settled'
  /** The transfer of this very key was made and taken back: under the key Stripe would tell of it as if it lived. */
  | 'reversed'
  /** Stripe knows of none that counts. */
  | 'absent';

/** @throws when Stripe does not answer: that proves nothing */
export async function settleFound(
  deps: FindDeps,
  { payoutId, idempotencyKey }: TransferRequest,
): Promise<Found> {
  const [wait = 0] = await reservePace(deps.pool, 'transfers.list', deps.maxRps, 1);
  await sleep(wait);
  const transfers = await deps.transfers.findByPayout(payoutId);
  const live = transfers.find(isLive);
  if (!live) return transfers.some((t) => t.idempotencyKey === idempotencyKey) ? 'reversed' : 'absent';
  const settled = await settleTransfer(deps.pool, payoutId, live, SYSTEM);
  if (settled.kind === 'mismatch') deps.log.error({ payoutId, why: settled.why }, 'unexpected transfer');
  deps.signals.changed();
  return 'settled';
}

const isLive = (transfer: TransferFact) => transfer.amountReversedCents < transfer.amountCents;
