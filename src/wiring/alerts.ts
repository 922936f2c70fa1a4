// Who is told of alerts, the jobs that look for their causes and tell of them, and what wakes those.
import { checkAlerts } from '../jobs/check-alerts.js';
import { sendAlertsTo } from '../jobs/send-alerts.js';
import type { Task } from '../jobs/task.js';
import type { Channel } from '../notify/alerts/channel.js';
import { createLogChannel } from '../notify/alerts/log.js';
import { createPagerDutyChannel } from '../notify/alerts/pagerduty.js';
import { unreadChannels } from '../notify/alerts/plan.js';
import { createSlackChannel } from '../notify/alerts/slack.js';
import { createPlatformBalance } from '../stripe/balance.js';
import type { Parts } from './parts.js';

function channelsOf({ config, log }: Pick<Parts, 'config' | 'log'>): Channel[] {
  const { slackWebhookUrl, pagerDuty } = config.alerts;
  const { routingKey, url } = pagerDuty;
  return [
    createLogChannel(log),
    ...(slackWebhookUrl ? [createSlackChannel(slackWebhookUrl)] : []),
    ...(routingKey ? [createPagerDutyChannel({ routingKey, url })] : []),
  ];
}

export function alertTasksOf(parts: Parts): Task[] {
  const { config, db, log, signals, stripe } = parts;
  const { pool } = db;
  const { updateEveryMs } = config.alerts;
  const balance = createPlatformBalance(stripe);
  return [
    checkAlerts({ pool, log, signals, balance, maxRps: config.stripe.maxRps }),
    ...channelsOf(parts).map((channel) => sendAlertsTo(channel, { pool, log, updateEveryMs })),
  ];
}

/** Milliseconds between looks, however many wake-ups come: payouts change all the time, alerts hardly ever. */
const LOOK_EVERY_MS = 250;

/** At a wake-up, looks whether alerts have changed, and if so runs the jobs that tell of them. @returns what ends it */
export function wakeAlerts(parts: Parts): () => Promise<void> {
  const { db, jobs, log, wakeup } = parts;
  const channels = channelsOf(parts);
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    const unread = await unreadChannels(
      db.pool,
      channels.map(({ id }) => id),
    );
    for (const { id, name } of channels) if (unread.includes(id)) jobs.enqueue(`send-alerts-${name}`);
  };
  const unlisten = wakeup.listen(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      looking = look().catch((err: unknown) =>
        log.warn({ err }, 'alerts not looked for; their interval makes up'),
      );
    }, LOOK_EVERY_MS);
  });
  return async () => {
    unlisten();
    clearTimeout(timer);
    await looking;
  };
}
