// The SDK: what is sampled, what a collector that is down costs, and that Stripe hears nothing of a trace.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Logger } from '../../src/observability/logger.js';
import { inSpan, isTracing, openSpan, traceParent } from '../../src/observability/tracing.js';
import { startTracing, type TracingSettings } from '../../src/observability/tracing-sdk.js';
import { createStripe } from '../../src/stripe/client.js';
import { createStripeReader } from '../../src/stripe/reader.js';
import { type EndpointServer, startEndpoint } from '../support/endpoint.js';
import { type Collector, startCollector } from '../support/otlp.js';

let collector: Collector;
const warnings: unknown[] = [];
const log = { warn: (line: unknown) => void warnings.push(line) } as unknown as Logger;

beforeEach(async () => {
  collector = await startCollector();
  warnings.length = 0;
});

afterEach(async () => {
  expect(isTracing()).toBe(false);
  await collector.close();
});

const start = (over: Partial<TracingSettings> = {}) =>
  startTracing(
    {
      endpoint: collector.url,
      headers: {},
      serviceName: 'payouts',
      resourceAttributes: {},
      sampler: 'parentbased_always_on',
      ratio: 1,
      ...over,
    },
    log,
  );

const SAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const UNSAMPLED = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-00`;

test.each([
  ['always_on', 1, ['own', 'unsampled', 'sampled']],
  ['always_off', 1, []],
  ['parentbased_always_on', 1, ['own', 'sampled']],
  ['parentbased_always_off', 1, ['sampled']],
  ['traceidratio', 0, []],
  ['parentbased_traceidratio', 0, ['sampled']],
  ['parentbased_traceidratio', 1, ['own', 'sampled']],
] as const)('the sampler %s of %s takes %j', async (sampler, ratio, taken) => {
  const stop = await start({ sampler, ratio });
  openSpan('own', { root: true }).span.end();
  openSpan('unsampled', { parent: UNSAMPLED }).span.end();
  openSpan('sampled', { parent: SAMPLED }).span.end();
  await stop();
  expect(collector.spans().map(({ name }) => name)).toEqual(taken);
});

test('the choice is kept with the trace: what was not sampled says so to whoever goes on with it', async () => {
  const stop = await start({ sampler: 'always_off' });
  const kept = await inSpan('anything', {}, async () => traceParent());
  await stop();
  expect(kept).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

test.each(['', 'nonsense', '00-0-0-01', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`])(
  'a parent that is none (%s) leaves a span where it stands',
  async (parent) => {
    const stop = await start();
    await inSpan('outer', { root: true }, () => inSpan('inner', { parent }, async () => undefined));
    await stop();
    const [inner, outer] = collector.spans();
    expect(inner).toMatchObject({ name: 'inner', parentId: outer?.spanId, traceId: outer?.traceId });
  },
);

test('what is thrown is thrown on, and marks its span by its class and not by its words', async () => {
  const stop = await start();
  const thrown = inSpan('failing', {}, () => Promise.reject(new RangeError('the words of it')));
  await expect(thrown).rejects.toThrow('the words of it');
  await stop();
  expect(collector.spans()).toMatchObject([{ failed: true, attributes: { 'error.type': 'RangeError' } }]);
  expect(collector.raw()).not.toContain('the words of it');
});

test('a collector that takes nothing is told of once, and what runs does not notice', async () => {
  const refusing = await startEndpoint(() => 400);
  const stop = await start({ endpoint: refusing.url, headers: { 'x-key': 'ours' } });
  // Several batches.
  for (let n = 0; n < 1_100; n++) openSpan('one', { root: true }).span.end();
  await stop();
  await refusing.close();
  expect(refusing.received.length).toBeGreaterThan(1);
  expect(refusing.received[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-key': 'ours' } });
  expect(warnings).toHaveLength(1);
});

test('a collector that does not answer holds up the end for two seconds at most', async () => {
  const hanging = await startEndpoint(() => new Promise<number>(() => undefined));
  const stop = await start({ endpoint: hanging.url });
  openSpan('one', { root: true }).span.end();
  const began = performance.now();
  await stop();
  expect(performance.now() - began).toBeLessThan(3_500);
  expect(hanging.received).toHaveLength(1);
  await hanging.close();
});

test('two apps of one process share its tracer, and the last one to end sends what is left', async () => {
  const [one, other] = [await start(), await start()];
  await one();
  expect(isTracing()).toBe(true);
  openSpan('late', { root: true }).span.end();
  await other();
  expect(collector.spans().map(({ name }) => name)).toEqual(['late']);
});

test('Stripe is sent nothing of a trace', async () => {
  const stop = await start();
  const stripe: EndpointServer = await startEndpoint(() => 404);
  const client = createStripe({ secretKey: 'sk_test_any', apiUrl: stripe.url, timeoutMs: 1_000 });
  const asked = inSpan('asking', {}, () => createStripeReader(client).transfer('tr_1'));
  await expect(asked).rejects.toThrow();
  await stop();
  await stripe.close();
  const names = Object.keys(stripe.received[0]?.headers ?? {});
  expect(names).toContain('authorization');
  expect(names.filter((name) => /^(traceparent|tracestate|baggage)$/.test(name))).toEqual([]);
  expect(collector.spans()).toMatchObject([
    {
      name: 'stripe GET /v1/transfers/{id}',
      attributes: { 'http.response.status_code': 404, 'stripe.outcome': 'unknown' },
    },
    { name: 'asking' },
  ]);
});
