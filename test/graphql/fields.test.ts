// Every field of what a creator can reach: which it may read of its own rows, and which are for admins.
import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { ADMIN, type QueryResult, type RunningApp, runApp } from '../support/running-app.js';
import { addStatement, type TestCreator } from '../support/world.js';
import {
  addBankPayout,
  createFailedPayout,
  createPayout,
  fromTheStart,
  globalId,
  overSocket,
  reaches,
  signedInCreator,
  take,
} from './ask.js';
import { openStream } from './sse.js';

/** By hand, as the table of root fields is: a new field has no place here until somebody has thought about it. */
const FIELDS: Readonly<Record<string, { open: string; admin: string }>> = {
  Payout: {
    open: `id reference creator royaltyStatement amountCents reversedCents currency status failedReason failureCode retryCount
      lastRetryAt nextAttemptAt processedAt createdAt updatedAt history notice`,
    admin: 'stripeTransferId attempts auditEvents control heldReason approval emails run webhookEvents',
  },
  Creator: {
    open: 'id displayName email locale transfersEnabled readiness bankPayouts createdAt',
    admin: 'externalId',
  },
  CreatorReadiness: { open: 'state missing deadline', admin: '' },
  BankPayout: { open: 'id amountCents currency status failureCode arrivesOn', admin: '' },
  RoyaltyStatement: {
    open: 'id creator periodStart periodEnd amountCents currency createdAt',
    admin: 'externalId',
  },
  PayoutSummary: {
    open: 'creator currency asOf pending processing completed failed retrying allTime today thisWeek thisMonth',
    admin: '',
  },
  PayoutStatusTotal: { open: 'count amountCents', admin: '' },
  PayoutFigures: {
    open: `createdCount createdCents completedCount completedCents failedCount failedCents reversedCount reversedCents
      refusedAttemptCount retryCount completedAfterRetryCount successRate failureRate averageProcessingSeconds`,
    admin: '',
  },
  PayoutStatusChange: { open: 'cursor payout previousStatus status reason occurredAt', admin: '' },
  Viewer: { open: 'role creator', admin: '' },
};

/** Reached by admins alone: through fields and operations that are for admins. */
const BEHIND_ADMIN_FIELDS =
  /^(PayoutA(ttempt|nalytics|pproval)|PayoutEmail|PayoutRun|Query(Creators|RoyaltyStatements)|\w+Payload$|Alert|AuditEvent|Processing|Reconciliation|Upserted|WebhookEvent)/;
/** Pages of the above, and errors of mutations, which are for admins. */
const MERE_SHAPES = /^(PageInfo|Payout(Connection|Edge)|\w+Error)$/;

let app: RunningApp;
let creator: TestCreator & { token: string };
let admin: string;
let statementId: string;
let reference: string;
let bankPayoutId: string;

beforeAll(async () => {
  app = await runApp();
  creator = await signedInCreator(app);
  admin = await app.token(ADMIN);
  statementId = await addStatement(app.world, creator.id, 5_000);
  const input = { creatorId: creator.id, royaltyStatementId: statementId };
  reference = (await createFailedPayout(app, input)).reference;
  bankPayoutId = await addBankPayout(app, creator.id);
});
afterAll(() => app.close());

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');

test('every type and every field has its place in the lists', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || roots.includes(type)) continue;
    if (MERE_SHAPES.test(type.name) || BEHIND_ADMIN_FIELDS.test(type.name)) continue;
    const { open, admin: closed } = FIELDS[type.name] ?? { open: '', admin: '' };
    expect([type.name, ...words(open), ...words(closed)].sort()).toEqual(
      [type.name, ...Object.keys(type.getFields())].sort(),
    );
  }
});

const NODES = ['Payout', 'Creator', 'RoyaltyStatement', 'BankPayout'];
const rows = NODES.flatMap((type) => [
  ...words(FIELDS[type]?.open ?? '').map((field) => [type, field, 'open'] as const),
  ...words(FIELDS[type]?.admin ?? '').map((field) => [type, field, 'admin'] as const),
]);

describe.each(['HTTP', 'WebSocket'])('over %s', (transport) => {
  test.each(rows)('%s.%s is %s', async (type, field, access) => {
    const own = await ask(transport, type, field, creator.token);
    if (access === 'open') return expect(own.errors).toBeUndefined();
    expect(own.data).toEqual({ node: { [field]: null } });
    expect(own.errors).toMatchObject([{ path: ['node', field], extensions: { code: 'FORBIDDEN' } }]);
    const asAdmin = await ask(transport, type, field, admin);
    expect(asAdmin.errors).toBeUndefined();
  });
});

function ask(transport: string, type: string, field: string, token: string) {
  const id = globalId(
    type,
    { Payout: reference, Creator: creator.id, BankPayout: bankPayoutId }[type] ?? statementId,
  );
  const objectType = schema.getType(type);
  const definition = isObjectType(objectType) ? objectType.getFields()[field] : undefined;
  const leaf = definition && isLeafType(getNamedType(definition.type));
  const query = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${field} ${leaf ? '' : '{ __typename }'} } } }`;
  return send(transport, { query, variables: { id } }, token);
}

async function send(transport: string, operation: { query: string; variables: object }, token: string) {
  const asked = { ...operation, variables: { ...operation.variables } };
  if (transport === 'HTTP') return app.query(asked, token);
  const client = app.socket(token);
  const answer = await overSocket(client, asked);
  await client.dispose();
  return answer as Pick<QueryResult, 'data' | 'errors'>;
}

test.each(['HTTP', 'WebSocket'])(
  'another’s e-mail address and bank leg are FORBIDDEN, should its row ever be reached, over %s',
  async (transport) => {
    const [buyer, stranger] = [await signedInCreator(app), await signedInCreator(app)];
    const statement = await addStatement(app.world, buyer.id, 5_000);
    const { payout } = await createPayout(app, { creatorId: buyer.id, royaltyStatementId: statement });
    await reaches(app, payout.reference, 'COMPLETED');
    // No way leads there: only rows that contradict each other do.
    await app.world.db.pool.query('UPDATE royalty_statements SET creator_id = $1 WHERE id = $2', [
      stranger.id,
      statement,
    ]);
    const query =
      'query ($id: ID!) { payout(id: $id) { royaltyStatement { creator { displayName email bankPayouts { id } } } } }';
    const { data, errors } = await send(transport, { query, variables: { id: payout.id } }, buyer.token);
    expect(JSON.stringify(data)).not.toContain(stranger.email);
    expect(data.payout.royaltyStatement.creator).toMatchObject({ email: null, bankPayouts: null });
    const forbidden = { extensions: { code: 'FORBIDDEN' } };
    expect(errors).toMatchObject([forbidden, forbidden]);
  },
);

test('a creator reads its own e-mail address', async () => {
  const { data } = await app.query({ query: '{ viewer { creator { email } } }' }, creator.token);
  expect(data.viewer.creator.email).toBe(creator.email);
});

test('a creator reads how much of a payout was taken back, alone and in its list', async () => {
  const { payout } = await createPayout(app, { creatorId: creator.id, amountCents: 700 });
  await reaches(app, payout.reference, 'COMPLETED');
  const query = `query ($id: ID!) { payout(id: $id) { amountCents reversedCents status }
    myPayouts(first: 1) { nodes { amountCents reversedCents status } } }`;
  const look = async () =>
    (await app.query({ query, variables: { id: globalId('Payout', payout.reference) } }, creator.token)).data;
  const told = (reversedCents: number) => {
    const row = { amountCents: 700, reversedCents, status: 'COMPLETED' };
    return { payout: row, myPayouts: { nodes: [row] } };
  };
  expect(await look()).toEqual(told(0));
  const { rows } = await app.world.db.pool.query('SELECT stripe_transfer_id FROM payouts WHERE id = $1', [
    payout.reference,
  ]);
  await app.world.simulator.reverse(rows[0].stripe_transfer_id, 200);
  await expect.poll(look).toEqual(told(200));
});

const PLAIN = 'Our payment account had to be topped up first. We will try again by ourselves.';
const FAILED = 'query ($id: ID!) { payout(id: $id) { failedReason failureCode } }';

test.each(['HTTP', 'WebSocket'])(
  'why a payout failed: a sentence for its creator, Stripe’s words for admins, over %s',
  async (transport) => {
    const variables = { id: globalId('Payout', reference) };
    const own = await send(transport, { query: FAILED, variables }, creator.token);
    expect(own.data.payout).toEqual({ failedReason: PLAIN, failureCode: 'balance_insufficient' });
    const { data } = await send(transport, { query: FAILED, variables }, admin);
    expect(data.payout.failedReason).toMatch(/insufficient/i);
  },
);

test.each(['SSE', 'WebSocket'])('why it changed: the same, over %s', async (transport) => {
  const query = `subscription ($after: String, $filter: PayoutChangeFilter) {
    payoutStatusChanged(after: $after, filter: $filter) { status reason payout { failedReason } } }`;
  const variables = {
    after: await fromTheStart(app),
    filter: { status: ['FAILED'], payoutIds: [globalId('Payout', reference)] },
  };
  const own = await firstChange(transport, { query, variables }, creator.token);
  expect(own).toEqual({ status: 'FAILED', reason: PLAIN, payout: { failedReason: PLAIN } });
  const { reason, payout } = await firstChange(transport, { query, variables }, admin);
  expect(reason).toMatch(/insufficient/i);
  expect(payout.failedReason).toBe(reason);
});

async function firstChange(
  transport: string,
  operation: { query: string; variables: Record<string, unknown> },
  token: string,
) {
  if (transport === 'WebSocket') return (await send(transport, operation, token)).data.payoutStatusChanged;
  const stream = await openStream(app.url, operation, token);
  const [first] = await take(stream, 1);
  stream.abort();
  return first?.data.payoutStatusChanged;
}
