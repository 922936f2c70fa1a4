// The composition root: owns the order in which the parts start and stop; `wiring/` puts each of them together.
import type { Config } from './config.js';
import { embed } from './dev/embed.js';
import type { DevAccount } from './http/dev-pages.js';
import { scheduleOf } from './jobs/schedule.js';
import { alertTasksOf, wakeAlerts } from './wiring/alerts.js';
import { devAccounts } from './wiring/development.js';
import { serve } from './wiring/http.js';
import { mailTask } from './wiring/mail-task.js';
import { tasksOf } from './wiring/money.js';
import { type LogDestination, observe } from './wiring/observability.js';
import { openParts, type Stops } from './wiring/parts.js';

export interface App {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  /** Development only: who can be signed in with one click. */
  accounts(): Promise<DevAccount[]>;
  simulatorUrl: string | null;
  /** Tells of an error that nothing caught, and ends what only tells; the process must end, as nobody knows what was left half-done. */
  failed(error: unknown): Promise<void>;
  /** Not ready for SHUTDOWN_DELAY; then no new work, running transfers finish, sockets close with 1001, connections end. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts what `config.role` says. What was started is stopped again when something fails on the way.
 * @param logTo where the log's lines go; absent: standard output
 */
export async function startApp(config: Config, logTo?: LogDestination): Promise<App> {
  const stops: Stops = [];
  const close = once(async () => {
    log.info('payouts stops');
    for (const stop of stops.splice(0).reverse()) await stop();
    log.info('payouts has stopped');
  });
  const { log, reports } = await observe(config, stops, logTo);
  const failed = async (err: unknown) => {
    log.fatal({ err, stage: 'process' }, 'an error that nothing caught ends this process');
    await reports.close();
  };
  try {
    const embedded = await embed(config);
    stops.push(() => embedded.stop());
    const parts = await openParts(embedded.config, log, stops);
    const url = await serve(parts, embedded, stops);
    if (config.role === 'api') await parts.jobs.enqueueOnly();
    else {
      await parts.jobs.work(
        [...tasksOf(parts), ...alertTasksOf(parts), mailTask(parts)],
        scheduleOf(parts.config),
      );
      stops.push(wakeAlerts(parts));
    }
    log.info({ url, role: config.role }, 'payouts is up');
    return { url, accounts: () => devAccounts(parts.db), simulatorUrl: embedded.simulatorUrl, failed, close };
  } catch (error) {
    reports.report(error, { stage: 'start' });
    await close();
    throw error;
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
