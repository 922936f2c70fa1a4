// What all steps of one run share.
import type pg from 'pg';
import type { Logger } from '../observability/logger.js';
import type { Actor } from '../payouts/actor.js';
import type { Signals, StripePeriod, StripeReader, TransferBook, TransferGateway } from '../payouts/ports.js';
import type { Ask } from './ask.js';

export interface ReconcileDeps {
  pool: pg.Pool;
  /** Its pages come at the shared pace: it is made with the same `ask`. */
  book: TransferBook;
  reader: StripeReader;
  transfers: Pick<TransferGateway, 'findByPayout'>;
  ask: Ask;
  signals: Signals;
  log: Logger;
  /** Milliseconds in PROCESSING after which an outcome is overdue. */
  staleAfterMs: number;
}

export interface Counts {
  transfersChecked: number;
  payoutsChecked: number;
  repaired: number;
  /** Differences that wait for somebody. */
  open: number;
}

export const noCounts = (): Counts => ({ transfersChecked: 0, payoutsChecked: 0, repaired: 0, open: 0 });

export interface Pass {
  deps: ReconcileDeps;
  runId: string;
  period: StripePeriod;
  /** Whom the audit names. */
  actor: Actor;
  counts: Counts;
  /** Keys of the differences that it has seen and left open. */
  seen: Set<string>;
  /** Asks to stop after the step that it is in. */
  signal: AbortSignal;
  /** Tells of the counts as they grow. */
  tell(): void;
}
