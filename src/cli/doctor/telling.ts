// What the service is to tell, and whom: mail, alerts, the log, traces.
import { type Check, failed, warning } from './finding.js';

const sender: Check = ({ production, mail: { smtpUrl, from } }) => {
  if (!smtpUrl || !/@localhost$/i.test(from.address)) return [];
  const fix = 'Set MAIL_FROM to a mailbox of your domain that somebody reads.';
  const message = `MAIL_FROM is ${from.address}: mail servers refuse it, and nobody can answer.`;
  return [(production ? failed : warning)('mail-from', message, fix)];
};

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';

const alerts: Check = ({ production, alerts: { slackWebhookUrl, pagerDuty } }) => {
  const { routingKey, url } = pagerDuty;
  if (url !== PAGERDUTY && !routingKey) {
    const message = 'PAGERDUTY_URL is set and PAGERDUTY_ROUTING_KEY is not: no alert goes there.';
    return [warning('alert-channels', message)];
  }
  if (routingKey && !/^[0-9a-z]{32}$/i.test(routingKey)) {
    const message = 'PAGERDUTY_ROUTING_KEY is not 32 letters and digits, as integration keys are.';
    return [warning('alert-channels', message, 'Copy it from the service: Integrations, Events API v2.')];
  }
  if (!production || slackWebhookUrl || routingKey) return [];
  const message = 'No channel for alerts is set: they stand in the log and on the dashboard alone.';
  return [warning('alert-channels', message, 'Set SLACK_WEBHOOK_URL or PAGERDUTY_ROUTING_KEY.')];
};

/** Without lines at `warn`. */
const QUIET: ReadonlySet<string> = new Set(['error', 'fatal', 'silent']);

const log: Check = ({ production, logLevel }) => {
  if (!production || !QUIET.has(logLevel)) return [];
  const message = `LOG_LEVEL is ${logLevel}: alerts are told at warn, and stand in no log.`;
  return [warning('log-level', message, 'Set it to info or warn.')];
};

const tracing: Check = ({ tracing: traces }) => {
  if (!traces) return [];
  const { endpoint, sampler, ratio } = traces;
  if (/\/v1\/traces\/?$/.test(endpoint)) {
    const message = 'OTEL_EXPORTER_OTLP_ENDPOINT ends in /v1/traces, which is put behind it once more.';
    return [warning('tracing', message, 'Leave it out.')];
  }
  if (ratio !== 1 && !sampler.endsWith('traceidratio')) {
    const message = `OTEL_TRACES_SAMPLER_ARG is ${ratio}, and OTEL_TRACES_SAMPLER is ${sampler}, which does not look at it.`;
    return [warning('tracing', message, 'Set OTEL_TRACES_SAMPLER=parentbased_traceidratio.')];
  }
  return [];
};

export const TELLING: readonly Check[] = [sender, alerts, log, tracing];
