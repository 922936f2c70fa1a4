// Where the service sends what it has to tell: the collector of traces, Sentry, Slack, PagerDuty. Each is asked with an
// empty message, of which nothing comes.
import type { ReadyConfig } from '../../config.js';
import { type Finding, failed, ok, PATIENCE_MS, reasonOf, warning } from './finding.js';

export async function checkChannels({ tracing, sentryDsn, alerts }: ReadyConfig): Promise<Finding[]> {
  const { slackWebhookUrl, pagerDuty } = alerts;
  const found = await Promise.all([
    ...(tracing ? [checkCollector(tracing)] : []),
    ...(sentryDsn ? [checkSentry(sentryDsn)] : []),
    ...(slackWebhookUrl ? [checkAlerts('SLACK_WEBHOOK_URL', slackWebhookUrl)] : []),
    ...(pagerDuty.routingKey ? [checkAlerts('PAGERDUTY_URL', pagerDuty.url)] : []),
  ]);
  return found;
}

/** The status of its answer, or why there is none. An address may be a secret: it is never told. */
async function send(url: string, init: RequestInit): Promise<number | string> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Taken; or refused since nothing is in it, or for too many of late. */
const isTaken = (status: number) => status < 300 || status === 400 || status === 429;
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

async function checkCollector({ endpoint, headers }: NonNullable<ReadyConfig['tracing']>): Promise<Finding> {
  // No byte at all is a request with no span in it.
  const answer = await send(`${endpoint.replace(/\/+$/, '')}/v1/traces`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(),
  });
  if (typeof answer === 'string') {
    return warning(
      'tracing',
      `The collector cannot be reached: ${answer}.`,
      'Look at OTEL_EXPORTER_OTLP_ENDPOINT.',
    );
  }
  if (REFUSED.has(answer)) {
    return warning('tracing', `The collector refuses us (${answer}).`, 'Look at OTEL_EXPORTER_OTLP_HEADERS.');
  }
  if (!isTaken(answer)) {
    const fix = 'Set OTEL_EXPORTER_OTLP_ENDPOINT to where it takes OTLP over HTTP, most often port 4318.';
    return warning('tracing', `The collector takes no traces at /v1/traces (${answer}).`, fix);
  }
  return ok('tracing', 'The collector takes traces.');
}

async function checkSentry(dsn: string): Promise<Finding> {
  const answer = await send(new URL(dsn).origin, { method: 'HEAD' });
  if (typeof answer === 'number') return ok('error-reports', 'Sentry answers.');
  return warning(
    'error-reports',
    `Sentry cannot be reached: ${answer}.`,
    'Look at SENTRY_DSN and the way out.',
  );
}

/** What has nothing in it is refused as such, where there is somebody to refuse it. */
async function checkAlerts(name: string, url: string): Promise<Finding> {
  const headers = { 'content-type': 'application/json' };
  const answer = await send(url, { method: 'POST', headers, body: '{}' });
  if (typeof answer === 'string') {
    return failed('alert-channels', `${name} cannot be reached: ${answer}.`, 'Alerts wait until it can.');
  }
  if (!isTaken(answer)) {
    const message = `There is no channel at ${name} that takes what it is told (${answer}): no alert arrives.`;
    return failed('alert-channels', message, 'Make a new one there, and set it.');
  }
  return ok('alert-channels', `${name} answers.`);
}
