// Every mutation, run once for real, leaves audit rows that say who, what, why, before and after. A mutation that has no row
// in this table fails here.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { raiseAlert } from '../../src/payouts/alerts.js';
import { applyEvent, storeEvent } from '../../src/payouts/events/inbox.js';
import { verifyAudit } from '../../src/payouts/verify-audit.js';
import { recordOpen } from '../../src/reconciliation/record.js';
import { createStripe } from '../../src/stripe/client.js';
import { createOnboarding } from '../../src/stripe/onboarding.js';
import { eventOf, type Made, made, pay, spoil, work } from '../payouts/support.js';
import { reconcileDeps, takenRun } from '../reconciliation/support.js';
import { addCreator, addStatement } from '../support/world.js';
import { creatorViewer, globalId } from './ask.js';
import { type Edge, openEdge } from './edge.js';

const HOME = 'https://pay.example/creator';
const WHY = 'A reason of the test';
const LARGE = 5_000;

let edge: Edge;
beforeAll(async () => {
  edge = await openEdge({
    services: (world) => ({
      inbox: world.deps,
      reconcile: reconcileDeps(world),
      onboarding: {
        ...world.deps,
        onboarding: createOnboarding(
          createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 1_000 }),
        ),
        returnOrigins: ['https://pay.example'],
        home: HOME,
      },
    }),
  });
  edge.world.deps.limits.approvalAboveCents = 1_000;
});
afterAll(() => edge.close());

interface Row {
  action: string;
  /** Said by the act itself; without it, `WHY`. */
  reason?: unknown;
  /** Null: there was nothing before. */
  before: object | null;
  after: object;
}

interface Case {
  /** Who asks; without it, an admin who asked for none of the payouts. */
  creatorId?: string;
  input?: object;
  /** What it leaves, in its order. */
  rows: Row[];
}

const sql = (text: string, values: unknown[] = []) => edge.world.db.pool.query(text, values);
const payoutId = (id: string) => globalId('Payout', id);

async function failedPayout(): Promise<string> {
  const { id } = await pay(edge.world);
  await spoil(edge.world, id, { fault: 'stripe_error', code: 'balance_insufficient' });
  await work(edge.world);
  return id;
}

const RETRIED: Row = {
  action: 'retry_requested',
  before: {
    status: 'FAILED',
    version: 3,
    failureCode: 'balance_insufficient',
    failedReason: expect.any(String),
    retryCount: 0,
    attempts: 1,
    nextAttemptAt: expect.any(String),
  },
  after: { status: 'PENDING', version: 4, retryCount: 1 },
};

/** Nobody has told us of its transfer. */
async function unrecorded(): Promise<Made> {
  await work(edge.world);
  return made(edge.world);
}

/** A difference that a run left open. */
async function openItem(payout: string, transferId: string): Promise<string> {
  const { id: run } = await takenRun(edge.world);
  const found = { kind: 'unrecorded_transfer', payoutId: payout, transferId } as const;
  await recordOpen(edge.world.db.pool, run, { ...found, occurredAt: new Date(), details: {} });
  const { rows } = await sql('SELECT id FROM reconciliation_items WHERE payout_id = $1', [payout]);
  return globalId('ReconciliationItem', rows[0]?.id);
}

async function decided(action: string, row: Omit<Row, 'action'>, amountCents = 500): Promise<Case> {
  const { id } = await pay(edge.world, { amountCents });
  if (action === 'released')
    await sql("UPDATE payouts SET control = 'HELD', control_reason = 'x' WHERE id = $1", [id]);
  return { input: { payoutId: payoutId(id), reason: WHY }, rows: [{ action, ...row }] };
}

const PERIOD = { periodStart: '2031-01-01', periodEnd: '2031-01-31' };

const CASES: Record<string, () => Promise<Case>> = {
  async createPayout() {
    const { id } = await addCreator(edge.world);
    const input = {
      creatorId: globalId('Creator', id),
      amountCents: 700,
      idempotencyKey: randomUUID(),
      reason: WHY,
    };
    const after = { creatorId: id, amountCents: 700, status: 'PENDING', version: 1 };
    return { input, rows: [{ action: 'created', before: null, after }] };
  },
  async createPayouts() {
    const { id } = await addCreator(edge.world);
    const payouts = [700, 800].map((amountCents) => ({ creatorId: globalId('Creator', id), amountCents }));
    const rows = [700, 800].map((amountCents) => ({
      action: 'created',
      before: null,
      after: { creatorId: id, amountCents },
    }));
    return { input: { payouts, reason: WHY }, rows };
  },
  async createPayoutRun() {
    const { id } = await addCreator(edge.world);
    await addStatement(edge.world, id, 900, { start: PERIOD.periodStart, end: PERIOD.periodEnd });
    const input = { ...PERIOD, expectedTotalCents: 900, idempotencyKey: randomUUID(), reason: WHY };
    const runId = expect.any(String);
    return {
      input,
      rows: [
        { action: 'run_created', before: null, after: { runId, ...PERIOD, payoutCount: 1, totalCents: 900 } },
        { action: 'created', before: null, after: { creatorId: id, amountCents: 900, runId } },
      ],
    };
  },
  async retryPayout() {
    return { input: { payoutId: payoutId(await failedPayout()), reason: WHY }, rows: [RETRIED] };
  },
  async retryPayouts() {
    const ids = [await failedPayout(), await failedPayout()];
    return { input: { payoutIds: ids.map(payoutId), reason: WHY }, rows: [RETRIED, RETRIED] };
  },
  holdPayout: () =>
    decided('held', {
      before: { status: 'PENDING', version: 1 },
      after: { control: 'HELD', controlReason: WHY },
    }),
  releasePayout: () =>
    decided('released', {
      before: { control: 'HELD', controlReason: 'x' },
      after: { status: 'PENDING', version: 2 },
    }),
  approvePayout: () =>
    decided(
      'approved',
      {
        before: { status: 'PENDING', approvalAboveCents: 1_000 },
        after: { approvedBy: 'bob', approvedAmountCents: LARGE },
      },
      LARGE,
    ),
  rejectPayout: () =>
    decided('rejected', {
      before: { status: 'PENDING', version: 1 },
      after: { status: 'FAILED', control: 'REJECTED', failureCode: 'rejected', controlReason: WHY },
    }),
  async upsertCreators() {
    const { id, email } = await addCreator(edge.world);
    const creators = [{ externalId: id, displayName: 'Another', email }];
    const before = { id, displayName: `Creator ${id}` };
    return {
      input: { creators, reason: WHY },
      rows: [{ action: 'creator_updated', before, after: { id, displayName: 'Another' } }],
    };
  },
  async upsertRoyaltyStatements() {
    const { id: creatorId } = await addCreator(edge.world);
    const id = await addStatement(edge.world, creatorId, 900);
    const row = { externalId: id, creatorId: globalId('Creator', creatorId), amountCents: 1_000 };
    const statements = [{ ...row, periodStart: '2026-08-01', periodEnd: '2026-08-31' }];
    return {
      input: { statements, reason: WHY },
      rows: [
        { action: 'statement_updated', before: { id, amountCents: 900 }, after: { id, amountCents: 1_000 } },
      ],
    };
  },
  async acknowledgeAlert() {
    const about = { rule: 'payout_stuck', key: randomUUID() } as const;
    await raiseAlert(edge.world.db.pool, { ...about, message: 'A test' });
    const { rows } = await sql('SELECT id FROM alerts WHERE key = $1', [about.key]);
    return {
      input: { alertId: globalId('Alert', rows[0]?.id), reason: WHY },
      rows: [
        {
          action: 'alert_acknowledged',
          before: { ...about, acknowledgedBy: null },
          after: { ...about, acknowledgedBy: 'bob' },
        },
      ],
    };
  },
  async replayWebhookEvent() {
    const event = eventOf('transfer.created', { id: 'tr_unknown', object: 'transfer' });
    await storeEvent(edge.world.db.pool, event);
    await applyEvent(edge.world.deps, event.id);
    const left = { type: 'transfer.created', outcome: 'quarantined', error: expect.any(String), attempts: 1 };
    return {
      input: { webhookEventId: globalId('WebhookEvent', event.id), reason: WHY },
      rows: [
        {
          action: 'webhook_event_replayed',
          before: left,
          after: { type: 'transfer.created', outcome: 'pending', error: null, attempts: 0 },
        },
      ],
    };
  },
  async pauseProcessing() {
    return {
      input: { reason: WHY },
      rows: [
        {
          action: 'processing_paused',
          before: { paused: false, reason: null, changedBy: null },
          after: { paused: true, reason: WHY, changedBy: 'bob', changedAt: expect.any(String) },
        },
      ],
    };
  },
  async resumeProcessing() {
    return {
      input: { reason: WHY },
      rows: [
        {
          action: 'processing_resumed',
          before: { paused: true, reason: WHY, changedBy: 'bob' },
          after: { paused: false, reason: WHY, changedBy: 'bob' },
        },
      ],
    };
  },
  async runReconciliation() {
    const from = '2026-08-01T00:00:00.000Z';
    const to = '2026-08-02T00:00:00.000Z';
    const after = { runId: expect.any(String), periodStart: from, periodEnd: to };
    return {
      input: { from, to, reason: WHY },
      rows: [{ action: 'reconciliation_requested', before: null, after }],
    };
  },
  async resolveReconciliationItem() {
    const one = await unrecorded();
    const about = { kind: 'unrecorded_transfer', payoutId: one.id, transferId: one.transfer.id };
    return {
      input: { itemId: await openItem(one.id, one.transfer.id), resolution: WHY },
      rows: [
        {
          action: 'reconciliation_item_resolved',
          before: { ...about, state: 'OPEN' },
          after: { ...about, state: 'RESOLVED' },
        },
      ],
    };
  },
  async repairReconciliationItem() {
    const one = await unrecorded();
    const about = { kind: 'unrecorded_transfer', payoutId: one.id, transferId: one.transfer.id };
    return {
      input: { itemId: await openItem(one.id, one.transfer.id), reason: WHY },
      rows: [
        {
          action: 'transfer_settled',
          before: { status: 'PROCESSING', version: 2 },
          after: { status: 'COMPLETED', stripeTransferId: one.transfer.id },
        },
        {
          action: 'reconciliation_item_repaired',
          before: { ...about, state: 'OPEN' },
          after: { ...about, state: 'REPAIRED', repaired: ['unrecorded_transfer'] },
        },
      ],
    };
  },
  async createOnboardingLink() {
    const { id, accountId } = await addCreator(edge.world);
    await sql('UPDATE creators SET stripe_account_id = NULL WHERE id = $1', [id]);
    const made = expect.not.stringContaining(accountId);
    return {
      creatorId: id,
      input: {},
      rows: [
        {
          action: 'account_created',
          reason: expect.stringContaining('onboarding'),
          before: { stripeAccountId: null },
          after: { stripeAccountId: made },
        },
        {
          action: 'onboarding_link_created',
          reason: expect.stringContaining('asked for'),
          before: null,
          after: { stripeAccountId: made, expiresAt: expect.any(String) },
        },
      ],
    };
  },
  async refreshReadiness() {
    const { id, accountId } = await addCreator(edge.world);
    await sql('UPDATE creators SET transfers_enabled = false WHERE id = $1', [id]);
    return {
      creatorId: id,
      rows: [
        {
          action: 'creator_readiness_changed',
          reason: 'Stripe says so.',
          before: { stripeAccountId: accountId, transfersEnabled: false },
          after: { stripeAccountId: accountId, transfersEnabled: true },
        },
      ],
    };
  },
};

const FIELDS = Object.keys(schema.getMutationType()?.getFields() ?? {});

it('has a case for every mutation that there is', () => {
  expect(FIELDS.length).toBeGreaterThan(15);
  expect(Object.keys(CASES).sort()).toEqual([...FIELDS].sort());
});

test.each(Object.keys(CASES))('%s says who, what, why, before and after', async (field) => {
  const one = await CASES[field]?.();
  if (!one) throw new Error('no such case');
  const last = await lastRow();
  const answer = await ask(field, one);
  expect(answer).toEqual({ data: { [field]: { __typename: payloadOf(field) } } });
  const actor = one.creatorId ?? 'bob';
  const rows = await rowsBehind(last);
  expect(rows).toMatchObject(one.rows.map((row) => ({ reason: WHY, ...row, actor })));
  const requests = new Set(rows.map(({ request }) => request));
  expect([...requests]).toEqual([expect.stringMatching(/./)]);
});

it('leaves chains that verify', async () => {
  const report = await verifyAudit(edge.world.db.pool);
  expect(report.findings).toEqual([]);
  expect(report.rows).toBeGreaterThan(FIELDS.length);
});

const typeOf = (field: string) => field.charAt(0).toUpperCase() + field.slice(1);
const payloadOf = (field: string) => `${typeOf(field)}Payload`;

async function ask(field: string, { input, creatorId }: Case): Promise<unknown> {
  const query = input
    ? `mutation ($input: ${typeOf(field)}Input!) { ${field}(input: $input) { __typename } }`
    : `mutation { ${field} { __typename } }`;
  const viewer = creatorId ? creatorViewer(creatorId) : { role: 'ADMIN' as const, sub: 'bob' };
  const authorization = `Bearer ${await edge.token({ ...viewer, sub: creatorId ?? 'bob' })}`;
  return (await edge.post({ query, variables: { input } }, { authorization })).json();
}

async function lastRow(): Promise<string> {
  const { rows } = await sql('SELECT COALESCE(max(id), 0) AS id FROM audit_events');
  return rows[0]?.id;
}

async function rowsBehind(id: string) {
  const { rows } = await sql(
    'SELECT actor, action, reason, request_id AS request, before, after FROM audit_events WHERE id > $1 ORDER BY id',
    [id],
  );
  return rows;
}
