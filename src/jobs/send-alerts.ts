// Tells one channel of alerts. Each has a job of its own, so that none waits for another.
import type { Channel } from '../notify/alerts/channel.js';
import { type SendDeps, sendAlerts } from '../notify/alerts/send.js';
import { type Task, withLog } from './task.js';

export function sendAlertsTo(channel: Channel, deps: SendDeps): Task {
  return {
    name: `send-alerts-${channel.name}`,
    run: (signal, log) => sendAlerts(withLog(deps, log), channel, signal),
  };
}
