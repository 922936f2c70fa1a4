// payouts reconcile: compares our books with Stripe's, repairs what is certain, and says what is left.
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { createLogger } from '../observability/logger.js';
import type { Actor } from '../payouts/actor.js';
import { InvalidInputError } from '../payouts/errors.js';
import type { StripePeriod } from '../payouts/ports.js';
import { createAsk } from '../reconciliation/ask.js';
import { executeRun } from '../reconciliation/execute.js';
import type { Counts, ReconcileDeps } from '../reconciliation/pass.js';
import { type RunReport, runReport } from '../reconciliation/report.js';
import { startRun } from '../reconciliation/runs.js';
import { createTransferBook } from '../stripe/book.js';
import { createStripe } from '../stripe/client.js';
import { createStripeReader } from '../stripe/reader.js';
import { createTransferGateway } from '../stripe/transfers.js';
import { byOperator, type CommandContext, NO_SIGNALS, withDatabase } from './context.js';
import { formatRun } from './reconcile-report.js';

interface ReconcileFlags {
  from?: string;
  to?: string;
  reason?: string;
  json?: boolean;
}

export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('Compares our payouts with Stripe, both ways; exits with 1 if differences are left')
    .option('--from <time>', 'a date or a date-time, UTC; without it, three days before the last daily run')
    .option('--to <time>', 'not included; without it, now')
    .option('--reason <text>', 'why: kept in the audit')
    .option('--json', 'prints the report as JSON')
    .action(async (flags: ReconcileFlags) => {
      const period = periodOf(flags);
      const report = await withDatabase((context) => run(context, period, flags));
      console.log(flags.json ? JSON.stringify(report) : formatRun(report));
      if (report.openCount > 0 || report.status !== 'COMPLETED') process.exitCode = 1;
    });
}

async function run(
  { config, db, actor }: CommandContext,
  period: StripePeriod | null,
  flags: ReconcileFlags,
): Promise<RunReport> {
  const stripe = createStripe(config.stripe);
  const ask = createAsk({ pool: db.pool, maxRps: config.stripe.maxRps });
  const deps: ReconcileDeps = {
    pool: db.pool,
    book: createTransferBook(stripe, ask),
    reader: createStripeReader(stripe),
    transfers: createTransferGateway(stripe),
    ask,
    signals: NO_SIGNALS,
    log: createLogger('silent'),
    staleAfterMs: config.staleAfterMs,
  };
  return reconcileOnce(deps, period, byOperator(actor, flags.reason), flags.json ?? false);
}

/** Makes a run and executes it here. An interrupt leaves it to the workers. */
export async function reconcileOnce(
  deps: ReconcileDeps,
  period: StripePeriod | null,
  actor: Actor,
  quiet: boolean,
): Promise<RunReport> {
  const taken = await startRun(deps.pool, period, actor);
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  const progress = progressLine(quiet);
  try {
    await executeRun(deps, taken, stop.signal, progress.update);
  } finally {
    progress.stop();
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
  return runReport(deps.pool, taken.id);
}

/** `2026-08-01`, or a date-time; without a zone it is UTC. Both ends or none. @throws InvalidInputError */
export function periodOf({ from, to }: Pick<ReconcileFlags, 'from' | 'to'>): StripePeriod | null {
  if (from === undefined && to === undefined) return null;
  if (from === undefined)
    throw new InvalidInputError(['from'], 'say where the period begins: --from 2026-08-01.');
  return { start: timeOf('from', from), end: to === undefined ? new Date() : timeOf('to', to) };
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

function timeOf(name: string, text: string): Date {
  const zoned = DATE.test(text) || /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
  const time = new Date(zoned);
  const known = DATE.test(text) || DATE_TIME.test(text);
  if (known && !Number.isNaN(time.getTime())) return time;
  throw new InvalidInputError([name], `“${text}” is not a time such as 2026-08-01 or 2026-08-01T06:00:00Z.`);
}

/** On a terminal's error stream: what is piped on stays clean. How much there is, Stripe does not say beforehand. */
function progressLine(quiet: boolean) {
  if (quiet || !process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format:
      'Reconciling: {transfersChecked} transfers, {payoutsChecked} payouts, {repaired} repaired, {open} open',
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
  });
  bar.start(1, 0, { transfersChecked: 0, payoutsChecked: 0, repaired: 0, open: 0 });
  return { update: (counts: Counts) => bar.update(0, counts), stop: () => bar.stop() };
}
