// The money engine's dependencies, and the jobs that drive it.
import { checkStale } from '../jobs/check-stale-payouts.js';
import { processStripeTransfer } from '../jobs/process-stripe-transfer.js';
import { reconcilePayouts } from '../jobs/reconcile-payouts.js';
import { retryFailedPayouts } from '../jobs/retry-failed-payouts.js';
import { runReconciliations } from '../jobs/run-reconciliations.js';
import { sweep } from '../jobs/sweep.js';
import type { Task } from '../jobs/task.js';
import type { InboxDeps } from '../payouts/events/inbox.js';
import type { SubmitDeps } from '../payouts/sending/submit.js';
import { createAsk } from '../reconciliation/ask.js';
import type { ReconcileDeps } from '../reconciliation/pass.js';
import { createTransferBook } from '../stripe/book.js';
import { factOf } from '../stripe/events.js';
import { createStripeReader } from '../stripe/reader.js';
import { createTransferGateway } from '../stripe/transfers.js';
import type { Parts } from './parts.js';

export function inboxOf({ config, db, log, signals, stripe }: Parts): InboxDeps {
  const { secretKey, maxRps } = config.stripe;
  const livemode = /^[a-z]+_live_/.test(secretKey);
  const gateways = { transfers: createTransferGateway(stripe), stripe: createStripeReader(stripe) };
  return { pool: db.pool, log, signals, livemode, factOf, maxRps, ...gateways };
}

function submitOf({ config, db, log, signals, stripe }: Parts): SubmitDeps {
  const { timeoutMs, maxRps } = config.stripe;
  return {
    pool: db.pool,
    transfers: createTransferGateway(stripe),
    retries: config.retries,
    limits: config.limits,
    signals,
    log,
    maxRps,
    stripeTimeoutMs: timeoutMs,
    concurrency: 20,
    resolveAfterMs: config.sweepIntervalMs,
    unknownGraceMs: config.unknownGraceMs,
  };
}

export function reconcileOf({ config, db, log, signals, stripe }: Parts): ReconcileDeps {
  const ask = createAsk({ pool: db.pool, maxRps: config.stripe.maxRps });
  const { staleAfterMs } = config;
  const gateways = { transfers: createTransferGateway(stripe), reader: createStripeReader(stripe) };
  return {
    pool: db.pool,
    ask,
    signals,
    log,
    staleAfterMs,
    book: createTransferBook(stripe, ask),
    ...gateways,
  };
}

export function tasksOf(parts: Parts): Task[] {
  const submit = submitOf(parts);
  const reconcile = reconcileOf(parts);
  const { staleAfterMs } = parts.config;
  return [
    processStripeTransfer(submit),
    retryFailedPayouts(submit),
    checkStale({ pool: parts.db.pool, signals: parts.signals, staleAfterMs }),
    reconcilePayouts(reconcile),
    runReconciliations(reconcile),
    sweep(submit, inboxOf(parts)),
  ];
}
