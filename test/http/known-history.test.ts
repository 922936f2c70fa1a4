// What /metrics says after a known history: exactly the numbers of that history, from any process and after a restart.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { FaultRule } from '../../src/stripe/simulator/fault-types.js';
import { groupingsIn, metricsIn } from '../docs/promql.js';
import { asAdmin, createPayout, reaches, signedInCreator } from '../graphql/ask.js';
import { transfersOf } from '../payouts/support.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { type Scrape, scrape } from './scrape.js';

let app: RunningApp;
let api: RunningApp;
let told: Scrape;

const REFUSED = { fault: 'stripe_error', code: 'amount_too_large' } as const;
const WAITS = { fault: 'stripe_error', code: 'balance_insufficient' } as const;

beforeAll(async () => {
  app = await runApp({ PAYOUT_RETRY_DELAYS: '100ms', PAYOUT_MAX_RETRIES: '1' });
  await history();
  api = await runApp({ ROLE: 'api' }, app);
  // One reading serves a second.
  await vi.waitFor(settled, { timeout: 10_000, interval: 200 });
}, 60_000);
afterAll(async () => {
  await api?.close();
  await app.close();
});

async function settled(): Promise<void> {
  told = await scrape(app.url);
  expect(told.of('webhook_events_pending')).toBe(0);
  expect(told.of('webhook_events_total', { type: 'other', outcome: 'ignored' })).toBe(1);
  // What had too little of a balance raised it; the next look at the balance ends it.
  expect(told.of('alerts_open', { rule: 'platform_balance_low' })).toBe(0);
}

/** Two completed at once; one refused for good; one refused, retried by itself, completed; one taken back. */
async function history(): Promise<void> {
  const creator = await signedInCreator(app);
  const pay = async (amountCents: number, rule?: Omit<FaultRule, 'match'>) => {
    if (rule) await app.world.simulator.fault({ ...rule, match: { method: 'POST', path: '/v1/transfers' } });
    const { payout } = await createPayout(app, { creatorId: creator.id, amountCents });
    return payout as { id: string; reference: string };
  };
  for (const amountCents of [1_000, 2_000])
    await reaches(app, (await pay(amountCents)).reference, 'COMPLETED');
  await reaches(app, (await pay(400, REFUSED)).reference, 'FAILED');
  await reaches(app, (await pay(500, WAITS)).reference, 'COMPLETED');
  const again = await pay(600, REFUSED);
  await reaches(app, again.reference, 'FAILED');
  // Neither is a change of status, nor a retry.
  for (const decide of ['holdPayout', 'releasePayout'])
    await asAdmin(
      app,
      `mutation { ${decide}(input: { payoutId: "${again.id}", reason: "a look" }) { __typename } }`,
    );
  await asAdmin(app, `mutation { retryPayout(input: { payoutId: "${again.id}" }) { __typename } }`);
  await reaches(app, again.reference, 'COMPLETED');
  const back = await pay(700);
  await reaches(app, back.reference, 'COMPLETED');
  const [transfer] = await transfersOf(app.world, back.reference);
  await app.world.simulator.reverse(transfer?.id ?? '');
  await reaches(app, back.reference, 'FAILED');
  await strangers();
}

/** Events that are none of ours, that we take no notice of, and that came twice. */
async function strangers(): Promise<void> {
  const { simulator } = app.world;
  const { event } = await simulator.emit({ type: 'transfer.created', objectId: 'tr_of_nobody' });
  await simulator.emit({ type: 'customer.created', object: { id: 'cus_1', object: 'customer' } });
  await simulator.redeliver(event.id);
  await simulator.drainWebhooks();
}

const FROM_DATABASE = [
  'payouts_total',
  'payouts_amount_cents',
  'payout_transitions_total',
  'payout_retries_total',
  'payout_processing_seconds_bucket',
  'payout_processing_seconds_sum',
  'payout_processing_seconds_count',
  'webhook_events_total',
  'webhook_events_pending',
  'payouts_due',
  'payouts_processing_oldest_seconds',
  'payouts_processing_paused',
  'alerts_open',
];

describe('what the database knows', () => {
  test('payouts by their status, and the money', () => {
    expect(told.series('payouts_total')).toEqual({
      'status=PENDING': 0,
      'status=PROCESSING': 0,
      'status=COMPLETED': 4,
      'status=FAILED': 2,
    });
    expect(told.of('payouts_amount_cents', { status: 'COMPLETED', currency: 'usd' })).toBe(4_100);
    expect(told.of('payouts_amount_cents', { status: 'FAILED', currency: 'usd' })).toBe(1_100);
  });

  test('every change of status, and no other', () => {
    expect(told.series('payout_transitions_total')).toEqual({
      'from=none,to=PENDING': 6,
      'from=PENDING,to=PROCESSING': 7,
      'from=FAILED,to=PROCESSING': 1,
      'from=FAILED,to=PENDING': 1,
      'from=PROCESSING,to=COMPLETED': 5,
      'from=PROCESSING,to=FAILED': 3,
      'from=COMPLETED,to=FAILED': 1,
      'from=PENDING,to=FAILED': 0,
    });
  });

  test('retries, by themselves and by an admin', () => {
    expect(told.of('payout_retries_total')).toBe(2);
  });

  test('how long payouts took: as many as were completed, as long as the books say', async () => {
    const { rows } = await app.world.db.pool.query<{ took: number }>(
      `SELECT EXTRACT(epoch FROM e.occurred_at - p.created_at)::float AS took
       FROM payout_events e JOIN payouts p ON p.id = e.payout_id WHERE e.to_status = 'COMPLETED'`,
    );
    expect(rows).toHaveLength(5);
    const name = 'payout_processing_seconds';
    expect(told.of(`${name}_count`)).toBe(5);
    expect(told.of(`${name}_sum`)).toBeCloseTo(
      rows.reduce((sum, { took }) => sum + took, 0),
      5,
    );
    for (const le of ['0.5', '1', '2.5', '5', '10', '86400', '+Inf']) {
      const within = rows.filter(({ took }) => took <= Number(le.replace('+Inf', 'Infinity'))).length;
      expect([le, told.of(`${name}_bucket`, { le })]).toEqual([le, within]);
    }
  });

  test("Stripe's events by what became of them; one that came twice is one", () => {
    const events = told.series('webhook_events_total');
    expect(events).toMatchObject({
      'type=transfer.created,outcome=applied': 5,
      'type=transfer.created,outcome=quarantined': 1,
      'type=transfer.reversed,outcome=applied': 1,
      'type=other,outcome=ignored': 1,
    });
  });

  test('what is open, and that nothing waits', () => {
    expect(told.of('alerts_open', { rule: 'webhook_quarantined' })).toBe(1);
    expect(told.of('alerts_open', { rule: 'payout_stuck' })).toBe(0);
    expect(told.of('payouts_due')).toBe(0);
    expect(told.of('payouts_processing_oldest_seconds')).toBe(0);
    expect(told.of('payouts_processing_paused')).toBe(0);
    expect(told.of('payouts_scrape_database_up')).toBe(1);
  });
});

describe('what this process counted', () => {
  test('requests to Stripe: as many as Stripe had, by what their answers meant', async () => {
    const { counters } = await app.world.simulator.state();
    const counted = told.series('stripe_requests_total');
    expect(counted).toMatchObject({ 'outcome=refused': 3, 'outcome=unknown': 0 });
    expect(Object.values(counted).reduce((sum, n) => sum + n, 0)).toBe(counters.total);
    expect(told.of('stripe_request_seconds_count')).toBe(counters.total);
  });

  test('webhooks over HTTP, and the operations that made the history', () => {
    const posts = told.of('http_requests_total', {
      route: '/api/webhooks/stripe',
      method: 'POST',
      status: '2xx',
    });
    expect(posts).toBeGreaterThanOrEqual(9);
    const created = { operation: 'other', type: 'mutation', outcome: 'ok' };
    expect(told.of('graphql_operations_total', created)).toBe(9);
    expect(told.of('graphql_operation_seconds_count', { operation: 'other', type: 'mutation' })).toBe(9);
  });
});

test('another process says the same of what the database knows, and nothing of what this one counted', async () => {
  const other = await scrape(api.url);
  for (const name of FROM_DATABASE) expect([name, other.series(name)]).toEqual([name, told.series(name)]);
  expect(Object.values(other.series('stripe_requests_total')).every((n) => n === 0)).toBe(true);
});

test('a name, a refusal, a fault and a stream are told apart, and no client chooses a label', async () => {
  const token = await api.token(ADMIN);
  await api.query({ query: 'query Secret { viewer { role } }' }, token);
  await api.query({ query: 'query Secret { nothing }' }, token);
  await api.query({ query: '{ viewer { role } }' }, 'no token');
  await api.socket(token).iterate({ query: 'query Another { viewer { role } }' }).next();
  await fetch(`${api.url}/secret-path?token=x`, { method: 'DELETE' });
  const { text, series } = await scrape(api.url);
  expect(series('graphql_operations_total')).toMatchObject({
    'operation=other,type=query,outcome=ok': 2,
    'operation=other,type=query,outcome=refused': 1,
    // Whose token does not hold is refused before anybody reads what it asks.
    'operation=other,type=unknown,outcome=refused': 1,
  });
  expect(series('http_requests_total')).toMatchObject({
    'route=other,method=DELETE,status=4xx': 1,
    'route=/graphql,method=POST,status=4xx': 1,
  });
  expect(text).not.toMatch(/secret|another/i);
});

test('after a restart the numbers of the database are what they were', async () => {
  await app.app.close();
  const { rows } = await app.world.db.pool.query('SELECT count(*)::int AS n FROM metric_counts');
  expect(rows).not.toEqual([{ n: 0 }]);
  const restarted = await runApp({}, app);
  const now = await scrape(restarted.url);
  await restarted.close();
  for (const name of FROM_DATABASE) expect([name, now.series(name)]).toEqual([name, told.series(name)]);
});

describe('the dashboard and the alert rules', () => {
  const operations = path.join(import.meta.dirname, '../../docs/operations');
  const read = (name: string) => readFileSync(path.join(operations, name), 'utf8');
  const dashboard = JSON.parse(read('grafana-dashboard.json')) as { panels: Panel[] };
  const rules = (parseYaml(read('prometheus-rules.yml'), { strict: true }) as RuleFile).groups;
  const shown = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  );
  const watched = rules.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr] as const));

  test.for([...shown, ...watched])('%s reads what is told, by labels that it has', ([, expr]) => {
    const named = metricsIn(expr);
    expect(named.length).toBeGreaterThan(0);
    const known = new Set(['instance', ...named.flatMap(({ metric }) => labelsIn(metric))]);
    for (const { metric, labels } of named) {
      expect([metric, told.names.has(metric)]).toEqual([metric, true]);
      expect(labelsIn(metric)).toEqual(expect.arrayContaining(labels));
    }
    expect([...known]).toEqual(expect.arrayContaining(groupingsIn(expr)));
  });

  /** What the database knows every process tells: added up it would be told several times over. */
  test('none adds up numbers that all processes share', () => {
    const shared = FROM_DATABASE.join('|');
    for (const [, expr] of [...shown, ...watched])
      expect(expr).not.toMatch(
        new RegExp(`sum(?: by \\((?![^)]*instance)[^)]*\\))?\\s*\\((?:rate|increase)?\\(?(?:${shared})\\b`),
      );
  });

  test('each rule says how bad it is, what to read, and for how long it must last', () => {
    expect(watched.length).toBeGreaterThan(10);
    const guide = readFileSync(path.join(operations, '../operations.md'), 'utf8');
    for (const { alert, labels, annotations, for: lasts = '0m' } of rules.flatMap((group) => group.rules)) {
      expect(alert).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(lasts).toMatch(/^\d+m$/);
      expect(annotations.summary.length + annotations.description.length).toBeGreaterThan(20);
      // That of an alert of the service leads to the alert's own.
      const runbook = alert === 'PayoutsAlertOpen' ? '{{ $labels.rule }}' : alert.toLowerCase();
      expect(annotations.runbook_url).toBe(`docs/operations.md#${runbook}`);
      expect(guide).toMatch(new RegExp(`^### ${alert}\n\n\\S.{60}`, 'm'));
    }
    expect(new Set(watched.map(([alert]) => alert)).size).toBe(watched.length);
  });

  test('the guide has every metric of ours with the sort that it is, and no other', () => {
    const guide = readFileSync(path.join(operations, '../observability.md'), 'utf8');
    const rows = [...guide.matchAll(/^\| `([a-z_]+)(?:\{([a-z,]+)\})?` +\| (gauge|counter|histogram) /gm)];
    const described = Object.fromEntries(rows.map(([, name = '', , type]) => [name, type]));
    const ours = [...told.types].filter(([name]) => !/^(?:process|nodejs)_/.test(name));
    expect(described).toEqual(Object.fromEntries(ours));
    for (const [, name = '', labels = ''] of rows) {
      const has = labelsIn(told.names.has(name) ? name : `${name}_count`);
      expect([name, [...has].sort()]).toEqual([name, labels === '' ? [] : labels.split(',').sort()]);
    }
  });

  /** Of the series that there are. */
  function labelsIn(metric: string): string[] {
    const [first = ''] = Object.keys(told.series(metric));
    return first === '' ? [] : first.split(/,(?=\w+=)/).map((label) => label.split('=')[0] ?? '');
  }
});

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

interface RuleFile {
  groups: {
    rules: {
      alert: string;
      expr: string;
      for?: string;
      labels: { severity: string };
      annotations: { summary: string; description: string; runbook_url: string };
    }[];
  }[];
}
