// Alerts as lines of the log: one for each step.
import type { Logger } from '../../observability/logger.js';
import { type Channel, channelId, type Step } from './channel.js';
import { standingOf } from './severity.js';

const TEXT: Readonly<Record<Step, string>> = {
  raised: 'alert raised',
  changed: 'alert is still open',
  acknowledged: 'alert acknowledged',
  resolved: 'alert resolved',
};

/** `warn` while somebody must look, `info` when somebody does or nobody needs to. */
export function createLogChannel(own: Logger): Channel {
  return {
    name: 'log',
    id: channelId('log', ''),
    async tell({ step, alert }, log = own) {
      const { id: alertId, rule, key, message, occurrences, payoutId, openedAt } = alert;
      const { severity } = standingOf(rule);
      const line = {
        alertId,
        rule,
        severity,
        key,
        message,
        occurrences,
        openedAt,
        ...(payoutId && { payoutId }),
      };
      const level = step === 'raised' || step === 'changed' ? 'warn' : 'info';
      log[level](line, TEXT[step]);
      return { kind: 'sent' };
    },
  };
}
