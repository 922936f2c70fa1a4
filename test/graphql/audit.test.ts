// The audit over the wire: who did what, why, before and after. For admins.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, runApp } from '../support/running-app.js';
import {
  asAdmin,
  createCompletedPayout,
  createFailedPayout,
  globalId,
  onBothTransports,
  signedInCreator,
} from './ask.js';

let app: RunningApp;
let creator: Awaited<ReturnType<typeof signedInCreator>>;
let completed: { id: string; reference: string };
let failed: { id: string; reference: string };

beforeAll(async () => {
  app = await runApp();
  creator = await signedInCreator(app);
  completed = await createCompletedPayout(app, { creatorId: creator.id });
  failed = await createFailedPayout(app, { creatorId: creator.id });
});
afterAll(() => app.close());

const AUDIT = `query ($filter: AuditEventFilter, $first: Int, $after: String, $last: Int, $before: String) {
  auditEvents(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { chain sequence actor action reason requestId before after occurredAt hash previousHash
      payout { reference } } } }`;

const audit = async (variables: object = {}) => (await asAdmin(app, AUDIT, variables)).auditEvents;

const sequences = (page: { nodes: { sequence: number }[] }) => page.nodes.map(({ sequence }) => sequence);

test('a payout’s rows are one chain, the newest first', async () => {
  const { totalCount, nodes } = await audit({ filter: { payoutId: completed.id } });
  expect(totalCount).toBe(3);
  expect(nodes.map((n: { sequence: number; action: string }) => [n.sequence, n.action])).toEqual([
    [3, 'transfer_settled'],
    [2, 'claimed'],
    [1, 'created'],
  ]);
  for (const node of nodes) {
    expect(node).toMatchObject({ chain: completed.reference, payout: { reference: completed.reference } });
    expect(node.hash).toMatch(/^[\da-f]{64}$/);
  }
  expect(nodes.map((n: { previousHash: string }) => n.previousHash)).toEqual([
    nodes[1].hash,
    nodes[2].hash,
    '',
  ]);
});

test('a row says who asked and what changed', async () => {
  const { nodes } = await audit({ filter: { payoutId: completed.id, action: 'created' } });
  expect(nodes).toMatchObject([{ actor: 'admin@platform', before: null, requestId: expect.any(String) }]);
  expect(nodes[0].after).toMatchObject({ status: 'PENDING' });
});

test('by who did it', async () => {
  const { nodes } = await audit({ filter: { actor: 'system', payoutId: failed.id } });
  expect(sequences({ nodes })).toEqual([3, 2]);
  expect((await audit({ filter: { actor: 'nobody' } })).totalCount).toBe(0);
});

test('of a payout that is not there, none', async () => {
  const payoutId = globalId('Payout', 'c0000000000000000000000001');
  expect(await audit({ filter: { payoutId } })).toMatchObject({ totalCount: 0, nodes: [] });
});

test('the whole audit goes forward and back', async () => {
  const filter = { payoutId: completed.id };
  const first = await audit({ filter, first: 1 });
  expect(sequences(first)).toEqual([3]);
  const rest = await audit({ filter, first: 2, after: first.pageInfo.endCursor });
  expect(sequences(rest)).toEqual([2, 1]);
  expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const back = await audit({ filter, last: 1, before: rest.pageInfo.endCursor });
  expect(sequences(back)).toEqual([2]);
});

describe('Payout.auditEvents', () => {
  const OF_PAYOUT = `query ($id: ID!, $first: Int, $after: String) { payout(id: $id) {
    auditEvents(first: $first, after: $after) { totalCount nodes { sequence } pageInfo { endCursor } } } }`;

  test('has its own rows, page by page', async () => {
    const first = (await asAdmin(app, OF_PAYOUT, { id: completed.id, first: 2 })).payout.auditEvents;
    expect(first).toMatchObject({ totalCount: 3, nodes: [{ sequence: 3 }, { sequence: 2 }] });
    const after = first.pageInfo.endCursor;
    const second = (await asAdmin(app, OF_PAYOUT, { id: completed.id, first: 2, after })).payout.auditEvents;
    expect(second.nodes).toEqual([{ sequence: 1 }]);
  });

  test('is refused to the creator of the payout, over both transports', async () => {
    const operation = { query: OF_PAYOUT, variables: { id: completed.id } };
    for (const answer of await onBothTransports(app, operation, creator.token)) {
      expect(answer).toMatchObject({
        data: { payout: { auditEvents: null } },
        errors: [{ path: ['payout', 'auditEvents'], extensions: { code: 'FORBIDDEN' } }],
      });
    }
  });
});

const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
const NOW = '2026-01-01T00:00:00.000Z';

test.each([
  ['of another list', cursor('alerts', NOW, '1')],
  ['whose id is none', cursor('auditEvents', NOW, '1 OR 1=1')],
  ['whose id is too large', cursor('auditEvents', NOW, '9'.repeat(30))],
])('a cursor %s is BAD_USER_INPUT', async (_, after) => {
  const { errors } = await app.query(
    { query: AUDIT, variables: { after } },
    await app.token({ role: 'ADMIN', sub: 'ann' }),
  );
  expect(errors).toMatchObject([
    { message: expect.stringMatching(/^after:/), extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});
