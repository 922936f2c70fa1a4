// Traces: one of them goes from the mutation through the job to Stripe and back by the webhook, over two instances that
// share nothing but the database. Off, nothing of it is loaded, and nothing is written.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CollectedSpan, type Collector, startCollector } from '../support/otlp.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';

const CALLER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

let collector: Collector;
/** First of all, without any setting of traces. */
let off: RunningApp;
let api: RunningApp;
let worker: RunningApp;
let creatorId: string;

beforeAll(async () => {
  collector = await startCollector();
  off = await runApp();
  const creator = await addCreator(off.world);
  creatorId = Buffer.from(`Creator:${creator.id}`).toString('base64');
});

afterAll(async () => {
  await worker?.close();
  await api?.close();
  await off?.close();
  await collector?.close();
});

test('off, nothing is kept with a payout', async () => {
  const { reference } = await pay(off, 'off');
  await reaches(reference, 'COMPLETED');
  expect(await traceParentOf(reference)).toBeNull();
});

test('off, nothing of OpenTelemetry’s SDK or Sentry’s is loaded', async () => {
  expect(await loadedBy('')).toEqual(['@opentelemetry/api']);
  // The look itself finds them once they are there.
  const both = "import '@opentelemetry/exporter-trace-otlp-proto'; import '@sentry/node';";
  expect(await loadedBy(both)).toEqual(
    expect.arrayContaining(['@opentelemetry/sdk-trace', '@opentelemetry/instrumentation']),
  );
});

/** Which of their packages the service and `more` bring into a process. */
async function loadedBy(more: string): Promise<string[]> {
  const program = `${more}
    import { createRequire } from 'node:module';
    import { pathToFileURL } from 'node:url';
    await import('./dist/app.js');
    console.log(JSON.stringify(Object.keys(createRequire(pathToFileURL('./')).cache)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  const files: string[] = JSON.parse(stdout);
  const names = files.map((file) => /@(?:opentelemetry|sentry)\/[\w-]+/.exec(file)?.[0]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

test('one trace spans mutation, job, Stripe call and webhook, across the API’s instance and the worker’s', async () => {
  await off.app.close();
  const traced = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_SERVICE_NAME: 'payouts-here',
    // What was lost is not looked for meanwhile: each step has one that takes it.
    PAYOUT_SWEEP_INTERVAL: '1h',
  };
  api = await runApp(
    { ...traced, ROLE: 'api', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=a%20test' },
    off,
  );
  worker = await runApp({ ...traced, ROLE: 'worker' }, off);
  await off.world.simulator.setWebhookUrl(`${api.url}/api/webhooks/stripe`);
  const paid = await pay(api, 'paid', `00-${CALLER.traceId}-${CALLER.spanId}-01`);
  await reaches(paid.reference, 'COMPLETED');
  await eventsApplied(2);

  // A second one that Stripe refuses, and an admin asks for again.
  await off.world.simulator.fault({
    // Not of the balance, which is asked about beside it.
    match: { method: 'POST', path: '/v1/transfers' },
    fault: 'stripe_error',
    code: 'resource_missing',
    param: 'destination',
  });
  const again = await pay(api, 'again');
  await reaches(again.reference, 'FAILED');
  const query = 'mutation Again($i: RetryPayoutInput!) { retryPayout(input: $i) { __typename } }';
  await api.query({ query, variables: { i: { payoutId: again.id } } }, await api.token(ADMIN));
  await reaches(again.reference, 'COMPLETED');
  await eventsApplied(3);
  await worker.close();
  await api.close();

  const ofPaid = (name: string, attributes?: CollectedSpan['attributes']) =>
    spanNamed(name, CALLER.traceId, attributes);
  expect(wayTo(ofPaid('stripe POST /v1/transfers'))).toEqual([
    'POST /graphql',
    'mutation Pay',
    'create payout',
    'submit payout',
    'stripe POST /v1/transfers',
  ]);
  expect(wayTo(ofPaid('settle payout', { 'payout.actor': 'stripe' }))).toEqual([
    'POST /graphql',
    'mutation Pay',
    'create payout',
    'apply event',
    'settle payout',
  ]);
  expect(ofPaid('POST /graphql')).toMatchObject({ parentId: CALLER.spanId, kind: SERVER });
  expect(ofPaid('stripe POST /v1/transfers')).toMatchObject({
    kind: CLIENT,
    failed: false,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/v1/transfers',
      'http.response.status_code': 200,
      'stripe.request_id': expect.stringMatching(/^req_/),
      'stripe.outcome': 'succeeded',
    },
  });
});

test('the job and the webhook’s request, each in a trace of its own, are linked with the payouts that they served', () => {
  const submit = spanNamed('submit payout', CALLER.traceId);
  const claim = linkedFrom(spanNamed('create payout', CALLER.traceId), 'claim payouts');
  expect(claim).toMatchObject({ attributes: { 'claim.payouts': 1 } });
  const job = spans().find(({ spanId }) => spanId === claim?.parentId);
  expect(job).toMatchObject({ name: 'job process-stripe-transfer', parentId: '' });
  expect(submit.links).toEqual([{ traceId: job?.traceId, spanId: job?.spanId }]);
  // The sweep may have looked after the event as well.
  const applied = spans().filter(({ name, traceId }) => name === 'apply event' && traceId === CALLER.traceId);
  const from = applied.flatMap(({ links }) => links.map((link) => link.spanId));
  expect(spans().filter(({ spanId }) => from.includes(spanId))).toContainEqual(
    expect.objectContaining({
      name: 'POST /api/webhooks/stripe',
      attributes: expect.objectContaining({
        'stripe.event.type': 'transfer.created',
        'http.response.status_code': 200,
      }),
    }),
  );
});

test('a payout that an admin asks for again goes on in the trace of that, which names the first one', () => {
  const [first, second] = spans()
    .filter(
      ({ name, attributes }) =>
        name === 'stripe POST /v1/transfers' && attributes['stripe.outcome'] !== undefined,
    )
    .slice(1);
  expect(first?.attributes).toMatchObject({ 'stripe.outcome': 'refused', 'http.response.status_code': 400 });
  expect(second?.attributes).toMatchObject({ 'stripe.outcome': 'succeeded' });
  expect(wayTo(second)).toEqual([
    'POST /graphql',
    'mutation Again',
    'retry payouts',
    'submit payout',
    'stripe POST /v1/transfers',
  ]);
  const retry = spanNamed('retry payouts', second?.traceId ?? '');
  expect(retry.links.map(({ traceId }) => traceId)).toEqual([first?.traceId]);
  expect(wayTo(spanNamed('apply event', second?.traceId ?? '')).slice(0, 3)).toEqual([
    'POST /graphql',
    'mutation Again',
    'retry payouts',
  ]);
});

test('attributes are ids and names of ours alone', () => {
  const names = new Set(spans().flatMap(({ attributes }) => Object.keys(attributes)));
  expect([...names].filter((name) => !TOLD.has(name))).toEqual([]);
  expect(collector.resources()[0]).toMatchObject({
    'service.name': 'payouts-here',
    'deployment.environment.name': 'a test',
  });
});

const TOLD = new Set([
  'claim.cause',
  'claim.payouts',
  'graphql.operation.name',
  'graphql.operation.type',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'job.id',
  'job.name',
  'payout.actor',
  'payout.answer',
  'payout.attempt',
  'payout.id',
  'payout.count',
  'payout.replayed',
  'payout.settled',
  'peer.service',
  'request.id',
  'stripe.event.id',
  'stripe.event.type',
  'stripe.fact',
  'stripe.outcome',
  'stripe.request_id',
]);

const SERVER = 2;
const CLIENT = 3;

const spans = () => collector.spans();

/** The span that is linked with what this one began. */
const linkedFrom = ({ spanId }: CollectedSpan, by: string) =>
  spans().find(({ name, links }) => name === by && links.some((link) => link.spanId === spanId));

function spanNamed(
  name: string,
  traceId: string,
  attributes: CollectedSpan['attributes'] = {},
): CollectedSpan {
  const found = spans().filter(
    (one) =>
      one.traceId === traceId &&
      one.name === name &&
      Object.entries(attributes).every(([key, value]) => one.attributes[key] === value),
  );
  expect(found, `${name} in ${traceId}`).toHaveLength(1);
  return found[0] as CollectedSpan;
}

/** Names, from the first span of the trace that we sent down to this one. */
function wayTo(span: CollectedSpan | undefined): string[] {
  if (!span) return [];
  const above = spans().find(({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentId);
  return [...wayTo(above), span.name];
}

async function pay(app: RunningApp, idempotencyKey: string, traceparent?: string) {
  const query = `mutation Pay($i: CreatePayoutInput!) {
    createPayout(input: $i) { ... on CreatePayoutPayload { payout { id reference } } } }`;
  const variables = { i: { creatorId, amountCents: 4_200, idempotencyKey } };
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await app.token(ADMIN)}`,
      ...(traceparent && { traceparent }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data } = (await response.json()) as {
    data: { createPayout: { payout: { id: string; reference: string } } };
  };
  return data.createPayout.payout;
}

const reaches = (id: string, status: string) =>
  expect
    .poll(async () => {
      const { rows } = await off.world.db.pool.query('SELECT status FROM payouts WHERE id = $1', [id]);
      return rows[0]?.status;
    })
    .toBe(status);

const eventsApplied = (count: number) =>
  expect
    .poll(async () => {
      const sql = `SELECT id FROM webhook_events WHERE outcome = 'applied'`;
      return (await off.world.db.pool.query(sql)).rowCount;
    })
    .toBe(count);

async function traceParentOf(id: string): Promise<string | null> {
  const { rows } = await off.world.db.pool.query('SELECT trace_parent FROM payouts WHERE id = $1', [id]);
  return rows[0]?.trace_parent;
}
