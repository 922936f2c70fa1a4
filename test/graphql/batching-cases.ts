// What the test of batching asks: the rows of each list with what lies around them, and which fields of the schema that is.
import {
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { schema } from '../../src/graphql/schema.js';

export interface BatchingCase {
  /** What one row is. */
  type: string;
  /** Asks for `$n` of them, each with its `id` and the selection, as `nodes` of `rows`. */
  query: string;
  selection: string;
}

const page = (list: string, selection: string) =>
  `${list} { totalCount pageInfo { endCursor } edges { node { id } } nodes { id ${selection} } }`;

const inList = (type: string, list: string, selection: string): BatchingCase => ({
  type,
  selection,
  query: `query ($n: Int!) { rows: ${page(`${list}(first: $n)`, selection)} }`,
});

const AUDIT =
  'edges { cursor node { action } } nodes { action } pageInfo { hasNextPage endCursor } totalCount';
const ITEMS = 'edges { cursor node { id } } nodes { id } pageInfo { hasNextPage endCursor } totalCount';

/** One for each nested field: a count that grows says which one it is. */
export const CASES: readonly BatchingCase[] = [
  inList('Payout', 'payouts', 'creator { displayName }'),
  inList('Payout', 'payouts', 'creator { displayName createdAt }'),
  inList('Payout', 'payouts', 'creator { bankPayouts(first: 2) { amountCents } }'),
  inList('Payout', 'payouts', 'royaltyStatement { id }'),
  inList('Payout', 'payouts', 'royaltyStatement { creator { displayName createdAt } }'),
  inList('Payout', 'payouts', 'attempts { number }'),
  inList('Payout', 'payouts', 'control heldReason notice approval { required voided }'),
  inList('Payout', 'payouts', 'emails { template }'),
  inList('Payout', 'payouts', 'webhookEvents(first: 2) { type outcome }'),
  inList('Payout', 'payouts', 'run { requestedBy totalCents }'),
  inList('Payout', 'payouts', 'history { status payout { reference } }'),
  inList('Payout', 'payouts', 'history { payout { creator { displayName createdAt } } }'),
  inList('Payout', 'payouts', `auditEvents(first: 2) { ${AUDIT} }`),
  inList(
    'Payout',
    'payouts',
    'a: auditEvents(first: 1) { nodes { action } } b: auditEvents { nodes { hash } }',
  ),
  inList('Payout', 'payouts', 'auditEvents(first: 2) { nodes { payout { reference } } }'),
  inList('Creator', 'creators', 'bankPayouts { amountCents }'),
  inList('Creator', 'creators', 'readiness { state missing }'),
  inList('RoyaltyStatement', 'royaltyStatements', 'creator { displayName }'),
  inList('Alert', 'alerts', 'payout { reference }'),
  inList('ReconciliationItem', 'reconciliationItems', 'payout { reference }'),
  inList('ReconciliationItem', 'reconciliationItems', 'run { id }'),
  inList('ReconciliationItem', 'reconciliationItems', 'lastSeenIn { id }'),
  inList('ReconciliationRun', 'reconciliationRuns', `items(first: 1) { ${ITEMS} }`),
  inList('ReconciliationRun', 'reconciliationRuns', 'items(last: 1) { nodes { kind payout { reference } } }'),
  inList('PayoutRun', 'payoutRuns', 'requestedBy progress { endedCount stages { stage payoutCount } }'),
  inList('WebhookEvent', 'webhookEvents', ''),
];

/** Those that are no nodes, and those of which an operation has one alone: there is no list of parents. */
export const OTHERS: readonly string[] = [
  `query ($n: Int!) { auditEvents(first: $n) { totalCount pageInfo { endCursor } edges { node { chain } }
    nodes { payout { reference } } } }`,
  'query { viewer { creator { id } } }',
  `query { payoutSummary { creator { id } pending { count } processing { count } completed { count } failed { count } retrying { count }
    allTime { createdCount } today { createdCount } thisWeek { createdCount } thisMonth { createdCount } } }`,
  `query { payoutAnalytics(from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z", interval: DAY) {
    creator { id } buckets { figures { createdCount } } total { createdCount } } }`,
  `query ($n: Int!) { payoutRunPreview(input: { periodStart: "2026-08-01", periodEnd: "2026-08-31" }) {
    excluded { statementCount } platformBalance { availableCents }
    statements(first: $n) { totalCount pageInfo { endCursor } edges { node { leftCents } }
      nodes { reason needsApproval royaltyStatement { creator { displayName createdAt } } } } } }`,
];

/** Mutations of many rows, each of which answers with what lies around it; `externalId` and the rest is the test's. */
export const BULK: Readonly<Record<'creators' | 'statements' | 'payouts' | 'retries', string>> = {
  creators: `mutation ($rows: [CreatorInput!]!) { upsertCreators(input: { creators: $rows }) {
    ... on UpsertCreatorsPayload { results { ... on UpsertedCreator { creator { displayName bankPayouts { id } } } } } } }`,
  statements: `mutation ($rows: [RoyaltyStatementInput!]!) { upsertRoyaltyStatements(input: { statements: $rows }) {
    ... on UpsertRoyaltyStatementsPayload { results { ... on UpsertedRoyaltyStatement {
      royaltyStatement { creator { displayName createdAt } } } } } } }`,
  payouts: `mutation ($rows: [CreatePayoutsRow!]!) { createPayouts(input: { payouts: $rows }) {
    ... on CreatePayoutsPayload { results { ... on CreatePayoutPayload {
      payout { notice approval { required } creator { displayName createdAt } } } } } } }`,
  retries: `mutation ($rows: [ID!]!) { retryPayouts(input: { payoutIds: $rows }) {
    ... on RetryPayoutsPayload { results { ... on RetryPayoutPayload {
      payout { creator { displayName createdAt } history { status } } } } } } }`,
};

/** `Type.field` of whatever these documents ask for that has fields of its own. */
export function coveredBy(documents: readonly string[]): Set<string> {
  const covered = new Set<string>();
  const info = new TypeInfo(schema);
  const Field = () => {
    const [parent, field] = [info.getParentType(), info.getFieldDef()];
    if (parent && field) covered.add(`${parent.name}.${field.name}`);
  };
  for (const document of documents) visit(parse(document), visitWithTypeInfo(info, { Field }));
  return covered;
}

/** `Type.field` of every nested field: one below the roots that is no scalar. */
export function nestedFields(): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .filter((type) => !type.name.startsWith('__') && !roots.some((root) => root?.name === type.name))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => !isLeafType(getNamedType(field.type)))
        .filter((field) => !isOneOfMutation(type.name, field))
        .map(({ name }) => `${type.name}.${name}`),
    );
}

/** Mutations run one after the other, each for itself; only one that has a list of rows could ask once for each. */
function isOneOfMutation(type: string, field: { type: unknown }): boolean {
  const list = isNonNullType(field.type) ? field.type.ofType : field.type;
  return type.endsWith('Payload') && !isListType(list);
}

export const nodeTypes = (): string[] =>
  schema.getPossibleTypes(schema.getType('Node') as never).map(({ name }) => name);
