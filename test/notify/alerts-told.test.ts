// Every alert of the contract, its cause made real in the running service: raised once, told to a Slack and a PagerDuty
// endpoint, updated while it lasts, and resolved by itself when its cause is gone.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { AlertRule } from '../../src/payouts/alerts.js';
import { asAdmin, createPayout, globalId, signedInCreator } from '../graphql/ask.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import {
  type Endpoint,
  type Event,
  type Message,
  ROUTING_KEY,
  startPagerDuty,
  startSlack,
} from './endpoints.js';

let slack: Endpoint<Message>;
let pagerDuty: Endpoint<Event>;
let app: RunningApp;

beforeAll(async () => {
  [slack, pagerDuty] = await Promise.all([startSlack(), startPagerDuty()]);
  app = await runApp({
    SLACK_WEBHOOK_URL: slack.url,
    PAGERDUTY_URL: pagerDuty.url,
    PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
    ALERT_UPDATE_INTERVAL: '200ms',
    PAYOUT_SWEEP_INTERVAL: '200ms',
    PAYOUT_STALE_AFTER: '1500ms',
    PAYOUT_MAX_RETRIES: '1',
    PAYOUT_RETRY_DELAYS: '50ms',
  });
});
afterAll(async () => {
  await app?.close();
  await Promise.all([slack.close(), pagerDuty.close()]);
});

/** What one test leaves is no business of the next, should it fail half-way. */
afterEach(async () => {
  await app.world.simulator.clearFaults();
  await app.world.simulator.setBalance(100_000_000);
  await asAdmin(app, RESUME);
});

// All of it comes within some seconds on an idle machine; a busy one gets its time.
vi.setConfig({ testTimeout: 90_000 });
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 25_000, interval: 100 });

/** What the channels were told of the alert: PagerDuty's events, Slack's texts. */
function told(rule: AlertRule, key: string) {
  const events = pagerDuty.taken.filter(({ dedup_key }) => dedup_key.endsWith(`:${rule}:${key}`));
  const texts = slack.taken.filter((one) => JSON.stringify(one.blocks).includes(`\`${rule}\` · ${key} ·`));
  return { events, texts: texts.map(({ text }) => text) };
}

const actionsOf = (rule: AlertRule, key: string) => told(rule, key).events.map((event) => event.event_action);

/** The first word of it, once: with what it says. */
async function expectRaised(rule: AlertRule, key: string, says: RegExp): Promise<void> {
  await soon(() => actionsOf(rule, key)[0]).toBe('trigger');
  await soon(() => told(rule, key).texts[0]).toMatch(says);
  const [first] = told(rule, key).events;
  if (first?.event_action !== 'trigger') throw new Error('the first event is no trigger');
  expect(first.payload).toMatchObject({
    summary: expect.stringMatching(says),
    source: 'payouts',
    class: rule,
  });
  expect(first.payload.custom_details).toMatchObject({ rule, key });
}

/** The same incident says something new. */
async function expectUpdated(rule: AlertRule, key: string, says: RegExp): Promise<void> {
  const summaries = () =>
    told(rule, key).events.flatMap((one) => (one.event_action === 'trigger' ? [one.payload.summary] : []));
  await soon(() => summaries().slice(1).at(-1)).toMatch(says);
  await soon(() => told(rule, key).texts.at(-1)).toMatch(new RegExp(`Still open.*${says.source}`));
}

/** The last word of it. One incident from the first to the last, raised and resolved once. */
async function expectResolved(rule: AlertRule, key: string): Promise<void> {
  await soon(() => actionsOf(rule, key).at(-1)).toBe('resolve');
  await soon(() => told(rule, key).texts.at(-1)).toMatch(/Resolved/);
  expectOneStory(rule, key);
  stories.push([rule, key]);
}

function expectOneStory(rule: AlertRule, key: string): void {
  const { events, texts } = told(rule, key);
  expect(new Set(events.map(({ dedup_key }) => dedup_key)).size).toBe(1);
  expect(events.filter((one) => one.event_action === 'resolve')).toHaveLength(1);
  expect(texts.filter((text) => text.startsWith(':rotating_light:'))).toHaveLength(1);
  expect(texts.filter((text) => text.startsWith(':white_check_mark:'))).toHaveLength(1);
}

/** All that were resolved. */
const stories: [AlertRule, string][] = [];

const refuse = (accountId: string, code: string) =>
  app.world.simulator.fault({
    fault: 'stripe_error',
    code,
    times: 'always',
    match: { method: 'POST', destination: accountId },
  });

async function payAndWait(creatorId: string, status: string, amountCents = 500): Promise<string> {
  const { payout } = await createPayout(app, { creatorId, amountCents });
  await reaches(payout.reference, status);
  return payout.reference;
}

async function reaches(id: string, status: string): Promise<void> {
  const query = () => app.world.db.pool.query('SELECT status FROM payouts WHERE id = $1', [id]);
  await soon(async () => (await query()).rows).toEqual([{ status }]);
}

test('failure_rate_high', async () => {
  const [good, bad] = [await signedInCreator(app), await signedInCreator(app)];
  await payTwenty(good.id);
  await refuse(bad.accountId, 'amount_too_large');
  const failed = [await payAndWait(bad.id, 'FAILED'), await payAndWait(bad.id, 'FAILED')];
  await expectRaised('failure_rate_high', 'all_payouts', /2 of the 22 payouts .* have failed \(9\.1 %/);
  failed.push(await payAndWait(bad.id, 'FAILED'));
  await expectUpdated('failure_rate_high', 'all_payouts', /3 of the 23 payouts/);
  await app.world.simulator.clearFaults();
  for (const id of failed) await retry(id);
  await expectResolved('failure_rate_high', 'all_payouts');
});

/** Twenty payouts that arrive. */
async function payTwenty(creatorId: string): Promise<void> {
  await Promise.all(Array.from({ length: 20 }, () => createPayout(app, { creatorId })));
  const arrived = async () =>
    (await app.world.db.pool.query(`SELECT 1 FROM payouts WHERE status = 'COMPLETED'`)).rowCount;
  await soon(arrived).toBe(20);
}

async function retry(id: string): Promise<void> {
  const input = `{ payoutId: "${globalId('Payout', id)}" }`;
  await asAdmin(app, `mutation { retryPayout(input: ${input}) { __typename } }`);
  await reaches(id, 'COMPLETED');
}

test('platform_balance_low', async () => {
  const creator = await signedInCreator(app);
  const { simulator } = app.world;
  const { usd = 0 } = await simulator.setBalance(100);
  expect(usd).toBe(100);
  await asAdmin(app, PAUSE);
  await createPayout(app, { creatorId: creator.id, amountCents: 5_000 });
  await expectRaised('platform_balance_low', 'usd', /\$50\.00 is due and the platform has \$1\.00 at Stripe/);
  const { payout } = await createPayout(app, { creatorId: creator.id, amountCents: 2_500 });
  await expectUpdated('platform_balance_low', 'usd', /\$75\.00 is due and the platform has \$1\.00/);
  await simulator.setBalance(100_000_000);
  await expectResolved('platform_balance_low', 'usd');
  await asAdmin(app, RESUME);
  await reaches(payout.reference, 'COMPLETED');
});

const PAUSE = `mutation { pauseProcessing(input: { reason: "a test" }) { __typename } }`;
const RESUME = `mutation { resumeProcessing(input: { reason: "a test" }) { __typename } }`;

test('payout_stuck', async () => {
  const creator = await signedInCreator(app);
  const match = { method: 'POST', destination: creator.accountId };
  await app.world.simulator.fault({ fault: 'html_502', times: 'always', match });
  const id = await payAndWait(creator.id, 'PROCESSING');
  await expectRaised('payout_stuck', id, /under way since/);
  await expectUpdated('payout_stuck', id, /under way since/);
  await app.world.simulator.clearFaults();
  await expectResolved('payout_stuck', id);
});

test('max_retries_exceeded, which somebody takes care of', async () => {
  const creator = await signedInCreator(app);
  await refuse(creator.accountId, 'insufficient_capabilities_for_transfer');
  const { payout } = await createPayout(app, { creatorId: creator.id });
  const about = ['max_retries_exceeded', payout.reference] as const;
  await expectRaised(...about, /refused the payout after 1 retries/);
  await acknowledge('max_retries_exceeded');
  await soon(() => actionsOf(...about)).toEqual(['trigger', 'acknowledge']);
  await soon(() => told(...about).texts.at(-1)).toMatch(/Somebody takes care/);
  await app.world.simulator.clearFaults();
  await retry(payout.reference);
  await expectResolved(...about);
  expect(actionsOf(...about)).toEqual(['trigger', 'acknowledge', 'resolve']);
});

async function acknowledge(rule: AlertRule): Promise<void> {
  const open = await asAdmin(app, `{ alerts(filter: { open: true, rule: ${rule} }) { nodes { id } } }`);
  const input = `{ alertId: "${open.alerts.nodes[0].id}" }`;
  const answer = await asAdmin(app, `mutation { acknowledgeAlert(input: ${input}) { __typename } }`);
  expect(answer.acknowledgeAlert.__typename).toBe('AcknowledgeAlertPayload');
}

async function transferOf(payoutId: string): Promise<string> {
  const all = await app.world.simulator.transfers();
  return all.find((one) => one.metadata['payout_id'] === payoutId)?.id ?? '';
}

test('reconciliation_mismatch', async () => {
  const creator = await signedInCreator(app);
  const id = await payAndWait(creator.id, 'COMPLETED', 1_000);
  const transferId = await transferOf(id);
  const key = `partly_reversed:${id}`;
  await app.world.simulator.reverse(transferId, 200);
  await expectRaised('reconciliation_mismatch', key, /\$2\.00 of \$10\.00 were taken back/);
  await app.world.simulator.reverse(transferId, 300);
  await expectUpdated('reconciliation_mismatch', key, /\$5\.00 of \$10\.00 were taken back/);
  await app.world.simulator.reverse(transferId);
  await expectResolved('reconciliation_mismatch', key);
});

test('stripe_configuration, and reconciliation_mismatch for a run that failed by it', async () => {
  const match = { method: 'GET', path: '/v1/transfers' };
  await app.world.simulator.fault({ fault: 'unauthorized_401', times: 'always', match });
  await reconcile();
  await expectRaised('stripe_configuration', 'stripe', /Stripe refuses our configuration/);
  await expectRaised('reconciliation_mismatch', 'run_failed', /The comparison with Stripe from .* failed/);
  await reconcile();
  await expectUpdated('stripe_configuration', 'stripe', /Stripe refuses our configuration/);
  await expectUpdated('reconciliation_mismatch', 'run_failed', /failed/);
  await app.world.simulator.clearFaults();
  await asAdmin(app, RESUME);
  await expectResolved('stripe_configuration', 'stripe');
  await reconcile();
  await expectResolved('reconciliation_mismatch', 'run_failed');
});

/** A run over the last hour is asked for. */
async function reconcile(): Promise<void> {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const input = `{ from: "${from}", to: "${new Date().toISOString()}" }`;
  const answer = await asAdmin(app, `mutation { runReconciliation(input: ${input}) { __typename } }`);
  expect(answer.runReconciliation.__typename).toBe('RunReconciliationPayload');
}

test('webhook_quarantined', async () => {
  const creator = await signedInCreator(app);
  const id = await payAndWait(creator.id, 'COMPLETED');
  const { simulator } = app.world;
  const transferId = await transferOf(id);
  const match = { method: 'GET', path: `/v1/transfers/${transferId}` };
  await simulator.fault({
    fault: 'stripe_error',
    status: 404,
    code: 'resource_missing',
    times: 'always',
    match,
  });
  const { event } = await simulator.emit({ type: 'transfer.paid', objectId: transferId });
  await expectRaised('webhook_quarantined', event.id, /was set aside and changed nothing/);
  await replay(event.id);
  await expectUpdated('webhook_quarantined', event.id, /was set aside/);
  await simulator.clearFaults();
  await replay(event.id);
  await expectResolved('webhook_quarantined', event.id);
});

async function replay(eventId: string): Promise<void> {
  const input = `{ webhookEventId: "${globalId('WebhookEvent', eventId)}" }`;
  await asAdmin(app, `mutation { replayWebhookEvent(input: ${input}) { __typename } }`);
}

test('each was one incident, all in all', () => {
  expect(new Set(stories.map(([rule]) => rule)).size).toBe(7);
  for (const story of stories) expectOneStory(...story);
});

test('no address, no key and no e-mail address stands in what was told', () => {
  const all = JSON.stringify([slack.taken, pagerDuty.taken.map(({ routing_key: _, ...event }) => event)]);
  for (const secret of [ROUTING_KEY, 'canary-of-the-webhook', 'sk_test', 'whsec_', '@']) {
    expect(all).not.toContain(secret);
  }
});
