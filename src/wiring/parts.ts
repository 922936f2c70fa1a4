// What the whole service is made of, opened in the order in which one part needs another.
import type { ReadyConfig } from '../config.js';
import { connect, type Database } from '../db/connect.js';
import { createJobs, type Jobs } from '../jobs/agenda.js';
import { type AlertFeed, createAlertFeed } from '../live/alert-feed.js';
import { type Cursors, createCursors, readCursorKey } from '../live/cursors.js';
import { createRelay, type Relay } from '../live/relay.js';
import { createWakeup, type Wakeup } from '../live/wakeup.js';
import type { MailTransport } from '../notify/mail-transport.js';
import type { Logger } from '../observability/logger.js';
import type { Signals } from '../payouts/ports.js';
import { createStripe } from '../stripe/client.js';
import { prepareDatabase } from './database.js';
import { type Figures, openFigures } from './figures.js';
import { mailTransportOf, mailWakerOf } from './mail.js';

/** In the order of starting; they run in the opposite one. */
export type Stops = (() => Promise<unknown>)[];

/** What every part is made of. */
export interface Parts extends Figures {
  config: ReadyConfig;
  log: Logger;
  db: Database;
  wakeup: Wakeup;
  relay: Relay;
  alerts: AlertFeed;
  cursors: Cursors;
  jobs: Jobs;
  mail: MailTransport;
  stripe: ReturnType<typeof createStripe>;
  signals: Signals;
}

export async function openParts(config: ReadyConfig, log: Logger, stops: Stops): Promise<Parts> {
  await prepareDatabase(config);
  const db = connect({
    ...config.database,
    onError: (err) => log.warn({ err }, 'database connection'),
  });
  stops.push(() => db.close());
  const wakeup = createWakeup(config.redisUrl, log);
  stops.push(() => wakeup.close());
  const relay = createRelay({ pool: db.pool, wakeup, log, pollMs: 1_000, queueLimit: 10_000 });
  stops.push(() => relay.stop());
  await relay.start();
  const cursors = createCursors(await readCursorKey(db.pool));
  const position = () => relay.position();
  const alerts = createAlertFeed({ pool: db.pool, wakeup, position, log, pollMs: 1_000 });
  stops.push(() => alerts.stop());
  const mail = mailTransportOf(config, db.pool, log);
  stops.push(() => mail.close());
  const jobs = await createJobs({ pool: db.pool, agendaUrl: config.agendaUrl, log });
  stops.push(() => jobs.stop());
  const figures = openFigures(db.pool, config, log);
  const parts = {
    ...figures,
    config,
    log,
    db,
    wakeup,
    relay,
    alerts,
    cursors,
    jobs,
    mail,
    stripe: createStripe(config.stripe, figures.traffic.stripe),
  };
  return { ...parts, signals: signalsOf(parts) };
}

function signalsOf({ jobs, wakeup }: Pick<Parts, 'jobs' | 'wakeup'>): Signals {
  const wakeMail = mailWakerOf(jobs);
  return {
    due: () => jobs.enqueue('process-stripe-transfer'),
    retriesDue: () => jobs.enqueue('retry-failed-payouts'),
    outcomesDue: () => jobs.enqueue('sweep'),
    accountsDue: () => jobs.enqueue('sweep'),
    reconciliationDue: () => jobs.enqueue('run-reconciliations'),
    changed: () => {
      wakeup.send();
      wakeMail();
    },
  };
}
