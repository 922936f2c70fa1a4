// Who may call which root field: written down by hand, so that a new field has no row here until somebody has thought
// about it.
import { randomUUID } from 'node:crypto';
import type { Operation } from '../support/running-app.js';
import { globalId } from './ask.js';

/** `data`: it answers; `nothing`: it answers null, as for what does not exist. */
export type Outcome = 'data' | 'nothing' | 'UNAUTHENTICATED' | 'FORBIDDEN';

export interface Row {
  operation(subject: Subject): Operation;
  anonymous: Outcome;
  /** Whose payout is asked for. */
  owner: Outcome;
  /** Another creator. */
  other: Outcome;
  admin: Outcome;
}

/** What the operations are about: rows of `owner`, and some that are admins' business. */
export interface Subject {
  creatorId: string;
  payoutId: string;
  alertId: string;
  webhookEventId: string;
  reconciliationItemId: string;
  payoutRunId: string;
  /** Before all changes. */
  cursor: string;
}

export const TABLE: Readonly<Record<string, Row>> = {
  'Query.viewer': signedIn(() => ({ query: '{ viewer { role } }' })),
  'Query.node': ownersOnly('nothing', ({ payoutId }) => ({
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: { id: globalId('Payout', payoutId) },
  })),
  // The list is never null: what is in it for whom is tested with the other ways to another's row.
  'Query.nodes': everybody(({ payoutId }) => ({
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: [globalId('Payout', payoutId)] },
  })),
  'Query.payout': ownersOnly('UNAUTHENTICATED', ({ payoutId }) => ({
    query: 'query ($id: ID!) { payout(id: $id) { id } }',
    variables: { id: globalId('Payout', payoutId) },
  })),
  'Query.payouts': adminsOnly(() => ({ query: '{ payouts { nodes { id } } }' })),
  'Query.myPayouts': {
    operation: () => ({ query: '{ myPayouts { nodes { id } } }' }),
    anonymous: 'UNAUTHENTICATED',
    owner: 'data',
    other: 'data',
    admin: 'FORBIDDEN',
  },
  'Query.payoutSummary': ownersOnly('UNAUTHENTICATED', ({ creatorId }) => ({
    query: 'query ($id: ID!) { payoutSummary(creatorId: $id) { currency } }',
    variables: { id: globalId('Creator', creatorId) },
  })),
  'Query.payoutAnalytics': adminsOnly(() => ({
    query: `{ payoutAnalytics(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z", interval: DAY) { currency } }`,
  })),
  'Query.payoutRunPreview': adminsOnly(() => ({
    query: `{ payoutRunPreview(input: { periodStart: "2026-01-01", periodEnd: "2026-01-31" }) { totalCents } }`,
  })),
  'Query.payoutRun': adminsOnly(({ payoutRunId }) => ({
    query: 'query ($id: ID!) { payoutRun(id: $id) { totalCents } }',
    variables: { id: globalId('PayoutRun', payoutRunId) },
  })),
  'Query.payoutRuns': adminsOnly(() => ({ query: '{ payoutRuns { nodes { id } } }' })),
  'Query.creators': adminsOnly(() => ({ query: '{ creators { nodes { id } } }' })),
  'Query.royaltyStatements': adminsOnly(() => ({ query: '{ royaltyStatements { nodes { id } } }' })),
  'Query.alerts': adminsOnly(() => ({ query: '{ alerts { nodes { id } } }' })),
  'Query.auditEvents': adminsOnly(() => ({ query: '{ auditEvents { nodes { action } } }' })),
  'Query.processing': adminsOnly(() => ({ query: '{ processing { paused } }' })),
  'Query.reconciliationItems': adminsOnly(() => ({ query: '{ reconciliationItems { nodes { id } } }' })),
  'Query.reconciliationRuns': adminsOnly(() => ({ query: '{ reconciliationRuns { nodes { id } } }' })),
  'Query.webhookEvents': adminsOnly(() => ({ query: '{ webhookEvents { nodes { id } } }' })),
  'Mutation.createPayout': adminsOnly(({ creatorId }) => ({
    query: `mutation ($input: CreatePayoutInput!) { createPayout(input: $input) { __typename } }`,
    variables: {
      input: {
        creatorId: globalId('Creator', creatorId),
        amountCents: 500,
        idempotencyKey: randomUUID(),
      },
    },
  })),
  'Mutation.createPayoutRun': adminsOnly(() => ({
    query: `mutation ($input: CreatePayoutRunInput!) { createPayoutRun(input: $input) { __typename } }`,
    variables: {
      input: {
        periodStart: '2026-01-01',
        periodEnd: '2026-01-31',
        expectedTotalCents: 0,
        idempotencyKey: randomUUID(),
      },
    },
  })),
  'Mutation.upsertCreators': adminsOnly(() => ({
    query: `mutation ($input: UpsertCreatorsInput!) { upsertCreators(input: $input) { __typename } }`,
    variables: {
      input: { creators: [{ externalId: randomUUID(), displayName: 'A test', email: 'test@example.com' }] },
    },
  })),
  'Mutation.upsertRoyaltyStatements': adminsOnly(({ creatorId }) => ({
    query: `mutation ($input: UpsertRoyaltyStatementsInput!) {
      upsertRoyaltyStatements(input: $input) { __typename } }`,
    variables: { input: { statements: [statementOf(globalId('Creator', creatorId))] } },
  })),
  'Mutation.retryPayout': adminsOnly(({ payoutId }) => ({
    query: `mutation ($input: RetryPayoutInput!) { retryPayout(input: $input) { __typename } }`,
    variables: { input: { payoutId: globalId('Payout', payoutId) } },
  })),
  'Mutation.createOnboardingLink': creatorsOnly(() => ({
    query: 'mutation { createOnboardingLink(input: {}) { __typename } }',
  })),
  'Mutation.refreshReadiness': creatorsOnly(() => ({
    query: 'mutation { refreshReadiness { __typename } }',
  })),
  'Mutation.createPayouts': adminsOnly(({ creatorId }) => ({
    query: `mutation ($input: CreatePayoutsInput!) { createPayouts(input: $input) { __typename } }`,
    variables: { input: { payouts: [{ creatorId: globalId('Creator', creatorId), amountCents: 500 }] } },
  })),
  'Mutation.retryPayouts': adminsOnly(({ payoutId }) => ({
    query: `mutation ($input: RetryPayoutsInput!) { retryPayouts(input: $input) { __typename } }`,
    variables: { input: { payoutIds: [globalId('Payout', payoutId)] } },
  })),
  'Mutation.holdPayout': adminsOnly(({ payoutId }) => ({
    query: `mutation ($input: HoldPayoutInput!) { holdPayout(input: $input) { __typename } }`,
    variables: { input: { payoutId: globalId('Payout', payoutId), reason: 'A test' } },
  })),
  'Mutation.releasePayout': adminsOnly(({ payoutId }) => ({
    query: `mutation ($input: ReleasePayoutInput!) { releasePayout(input: $input) { __typename } }`,
    variables: { input: { payoutId: globalId('Payout', payoutId), reason: 'A test' } },
  })),
  'Mutation.approvePayout': adminsOnly(({ payoutId }) => ({
    query: `mutation ($input: ApprovePayoutInput!) { approvePayout(input: $input) { __typename } }`,
    variables: { input: { payoutId: globalId('Payout', payoutId), reason: 'A test' } },
  })),
  'Mutation.rejectPayout': adminsOnly(({ payoutId }) => ({
    query: `mutation ($input: RejectPayoutInput!) { rejectPayout(input: $input) { __typename } }`,
    variables: { input: { payoutId: globalId('Payout', payoutId), reason: 'A test' } },
  })),
  'Mutation.acknowledgeAlert': adminsOnly(({ alertId }) => ({
    query: `mutation ($input: AcknowledgeAlertInput!) { acknowledgeAlert(input: $input) { __typename } }`,
    variables: { input: { alertId: globalId('Alert', alertId) } },
  })),
  'Mutation.replayWebhookEvent': adminsOnly(({ webhookEventId }) => ({
    query: `mutation ($input: ReplayWebhookEventInput!) { replayWebhookEvent(input: $input) { __typename } }`,
    variables: { input: { webhookEventId: globalId('WebhookEvent', webhookEventId) } },
  })),
  'Mutation.pauseProcessing': adminsOnly(() => ({
    query: `mutation { pauseProcessing(input: { reason: "A test" }) { __typename } }`,
  })),
  'Mutation.resumeProcessing': adminsOnly(() => ({
    query: `mutation { resumeProcessing(input: { reason: "A test" }) { __typename } }`,
  })),
  'Mutation.runReconciliation': adminsOnly(() => ({
    query: `mutation { runReconciliation(input: {}) { __typename } }`,
  })),
  'Mutation.resolveReconciliationItem': adminsOnly(({ reconciliationItemId }) => ({
    query: `mutation ($input: ResolveReconciliationItemInput!) {
      resolveReconciliationItem(input: $input) { __typename } }`,
    variables: {
      input: { itemId: globalId('ReconciliationItem', reconciliationItemId), resolution: 'A test' },
    },
  })),
  'Mutation.repairReconciliationItem': adminsOnly(({ reconciliationItemId }) => ({
    query: `mutation ($input: RepairReconciliationItemInput!) {
      repairReconciliationItem(input: $input) { __typename } }`,
    variables: {
      input: { itemId: globalId('ReconciliationItem', reconciliationItemId), reason: 'A test' },
    },
  })),
  // One changes all the time: see authorization.test.ts.
  'Subscription.alertChanged': adminsOnly(() => ({ query: 'subscription { alertChanged { id } }' })),
  'Subscription.payoutRunChanged': adminsOnly(({ payoutRunId }) => ({
    query: 'subscription ($id: ID!) { payoutRunChanged(runId: $id) { totalCents } }',
    variables: { id: globalId('PayoutRun', payoutRunId) },
  })),
  'Subscription.payoutStatusChanged': signedIn(({ cursor }) => ({
    query: `subscription { payoutStatusChanged(after: "${cursor}") { cursor } }`,
  })),
};

function statementOf(creatorId: string) {
  const period = { periodStart: '2026-01-01', periodEnd: '2026-01-31' };
  return { externalId: randomUUID(), creatorId, ...period, amountCents: 500 };
}

function adminsOnly(operation: Row['operation']): Row {
  return {
    operation,
    anonymous: 'UNAUTHENTICATED',
    owner: 'FORBIDDEN',
    other: 'FORBIDDEN',
    admin: 'data',
  };
}

function creatorsOnly(operation: Row['operation']): Row {
  return { operation, anonymous: 'UNAUTHENTICATED', owner: 'data', other: 'data', admin: 'FORBIDDEN' };
}

function signedIn(operation: Row['operation']): Row {
  return { operation, anonymous: 'UNAUTHENTICATED', owner: 'data', other: 'data', admin: 'data' };
}

function everybody(operation: Row['operation']): Row {
  return { operation, anonymous: 'data', owner: 'data', other: 'data', admin: 'data' };
}

function ownersOnly(anonymous: Outcome, operation: Row['operation']): Row {
  return { operation, anonymous, owner: 'data', other: 'nothing', admin: 'data' };
}
