// How each place that takes an id is asked: written down by hand, so that a new one fails until somebody has thought
// about what another's id does there.
import { randomUUID } from 'node:crypto';
import type { Operation } from '../support/running-app.js';
import { globalId } from './ask.js';

export interface Place {
  /** The type whose ids it takes. */
  type: string;
  /** Who is answered: the creator whose row it is, or nobody but admins. */
  for: 'owner' | 'admin';
  operation(id: string, subject: Subject): Operation;
}

/** Whose rows are asked for. */
export interface Subject {
  creatorId: string;
}

export const TABLE: Readonly<Record<string, Place>> = {
  'Query.node(id)': owners('Payout', 'query ($id: ID!) { node(id: $id) { __typename id } }'),
  'Query.nodes(ids)': owners('Payout', 'query ($id: ID!) { nodes(ids: [$id]) { __typename id } }'),
  'Query.payout(id)': owners('Payout', 'query ($id: ID!) { payout(id: $id) { id reference amountCents } }'),
  'Query.payouts(filter.creatorId)': admins('Creator', payoutsBy('payouts', 'creatorId')),
  'Query.payouts(filter.royaltyStatementId)': admins(
    'RoyaltyStatement',
    payoutsBy('payouts', 'royaltyStatementId'),
  ),
  'Query.myPayouts(filter.creatorId)': owners('Creator', payoutsBy('myPayouts', 'creatorId')),
  'Query.myPayouts(filter.royaltyStatementId)': owners(
    'RoyaltyStatement',
    payoutsBy('myPayouts', 'royaltyStatementId'),
  ),
  'Query.payouts(filter.payoutRunId)': admins('PayoutRun', payoutsBy('payouts', 'payoutRunId')),
  'Query.myPayouts(filter.payoutRunId)': owners('PayoutRun', payoutsBy('myPayouts', 'payoutRunId')),
  'Query.payoutRun(id)': admins('PayoutRun', 'query ($id: ID!) { payoutRun(id: $id) { totalCents } }'),
  'Query.auditEvents(filter.payoutId)': admins(
    'Payout',
    'query ($id: ID!) { auditEvents(filter: { payoutId: $id }) { totalCount nodes { chain } } }',
  ),
  'Query.payoutSummary(creatorId)': owners(
    'Creator',
    'query ($id: ID!) { payoutSummary(creatorId: $id) { creator { id } completed { count } } }',
  ),
  'Query.payoutAnalytics(creatorId)': admins(
    'Creator',
    `query ($id: ID!) { payoutAnalytics(
      creatorId: $id, from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", interval: DAY
    ) { creator { id } total { createdCount } } }`,
  ),
  'Mutation.createPayout(input.creatorId)': {
    type: 'Creator',
    for: 'admin',
    operation: (creatorId) => create({ creatorId }),
  },
  'Mutation.createPayout(input.royaltyStatementId)': {
    type: 'RoyaltyStatement',
    for: 'admin',
    operation: (royaltyStatementId, { creatorId }) =>
      create({ creatorId: globalId('Creator', creatorId), royaltyStatementId }),
  },
  'Mutation.upsertRoyaltyStatements(input.statements.creatorId)': {
    type: 'Creator',
    for: 'admin',
    operation: (creatorId) => ({
      query: `mutation ($input: UpsertRoyaltyStatementsInput!) { upsertRoyaltyStatements(input: $input) {
        __typename ... on UpsertRoyaltyStatementsPayload { results { __typename ... on Error { message } } } } }`,
      variables: { input: { statements: [statementOf(creatorId)] } },
    }),
  },
  'Mutation.retryPayout(input.payoutId)': mutation('Payout', 'retryPayout', 'payoutId'),
  'Mutation.createPayouts(input.payouts.creatorId)': {
    type: 'Creator',
    for: 'admin',
    operation: (creatorId) => createMany({ creatorId }),
  },
  'Mutation.createPayouts(input.payouts.royaltyStatementId)': {
    type: 'RoyaltyStatement',
    for: 'admin',
    operation: (royaltyStatementId, { creatorId }) =>
      createMany({ creatorId: globalId('Creator', creatorId), royaltyStatementId }),
  },
  'Mutation.retryPayouts(input.payoutIds)': admins(
    'Payout',
    `mutation ($id: ID!) { retryPayouts(input: { payoutIds: [$id] }) {
      __typename ... on RetryPayoutsPayload { results { __typename ... on Error { message } } } } }`,
  ),
  'Mutation.holdPayout(input.payoutId)': mutation('Payout', 'holdPayout', 'payoutId', 'reason: "A test", '),
  'Mutation.releasePayout(input.payoutId)': mutation(
    'Payout',
    'releasePayout',
    'payoutId',
    'reason: "A test", ',
  ),
  'Mutation.approvePayout(input.payoutId)': mutation(
    'Payout',
    'approvePayout',
    'payoutId',
    'reason: "A test", ',
  ),
  'Mutation.rejectPayout(input.payoutId)': mutation(
    'Payout',
    'rejectPayout',
    'payoutId',
    'reason: "A test", ',
  ),
  'Mutation.acknowledgeAlert(input.alertId)': mutation('Alert', 'acknowledgeAlert', 'alertId'),
  'Mutation.replayWebhookEvent(input.webhookEventId)': mutation(
    'WebhookEvent',
    'replayWebhookEvent',
    'webhookEventId',
  ),
  'Mutation.resolveReconciliationItem(input.itemId)': mutation(
    'ReconciliationItem',
    'resolveReconciliationItem',
    'itemId',
    'resolution: "A test", ',
  ),
  'Mutation.repairReconciliationItem(input.itemId)': mutation(
    'ReconciliationItem',
    'repairReconciliationItem',
    'itemId',
    'reason: "A test", ',
  ),
  'Subscription.payoutRunChanged(runId)': admins(
    'PayoutRun',
    'subscription ($id: ID!) { payoutRunChanged(runId: $id) { totalCents } }',
  ),
  'Subscription.payoutStatusChanged(filter.creatorId)': owners('Creator', watchBy('creatorId: $id')),
  'Subscription.payoutStatusChanged(filter.payoutIds)': owners('Payout', watchBy('payoutIds: [$id]')),
};

function owners(type: string, query: string): Place {
  return { type, for: 'owner', operation: (id) => ({ query, variables: { id } }) };
}

function admins(type: string, query: string): Place {
  return { ...owners(type, query), for: 'admin' };
}

function payoutsBy(list: string, field: string): string {
  return `query ($id: ID!) { ${list}(filter: { ${field}: $id }) {
    totalCount nodes { id } pageInfo { hasNextPage startCursor } } }`;
}

function mutation(type: string, name: string, field: string, rest = ''): Place {
  return admins(
    type,
    `mutation ($id: ID!) { ${name}(input: { ${rest}${field}: $id }) { __typename ... on Error { message } } }`,
  );
}

function createMany(ids: { creatorId: string; royaltyStatementId?: string }): Operation {
  return {
    query: `mutation ($input: CreatePayoutsInput!) { createPayouts(input: $input) {
      __typename ... on CreatePayoutsPayload { results { __typename ... on Error { message } } } } }`,
    variables: { input: { payouts: [{ ...ids, amountCents: 500 }] } },
  };
}

function create(ids: { creatorId: string; royaltyStatementId?: string }): Operation {
  return {
    query: `mutation ($input: CreatePayoutInput!) { createPayout(input: $input) {
      __typename ... on Error { message } } }`,
    variables: { input: { ...ids, amountCents: 500, idempotencyKey: randomUUID() } },
  };
}

function statementOf(creatorId: string) {
  const period = { periodStart: '2026-01-01', periodEnd: '2026-01-31' };
  return { externalId: randomUUID(), creatorId, ...period, amountCents: 500 };
}

function watchBy(condition: string): string {
  return `subscription ($id: ID!) { payoutStatusChanged(filter: { ${condition} }) { status payout { reference } } }`;
}
