// Payout runs as an admin sees them: what would be paid and to whom, the runs that were made, and one as it goes on.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdPayout } from '../../src/payouts/control/decide.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, addStatement, type TestCreator } from '../support/world.js';
import { asAdmin, globalId } from './ask.js';
import { openStream } from './sse.js';

let app: RunningApp;
let creator: TestCreator;
let admin: string;
beforeAll(async () => {
  app = await runApp({ PAYOUT_APPROVAL_ABOVE_CENTS: '5000' });
  creator = await addCreator(app.world);
  admin = await app.token(ADMIN);
  await app.world.simulator.setBalance(6_000);
});
afterAll(() => app.close());

const monthOf = (month: string) => ({ periodStart: `2025-${month}-01`, periodEnd: `2025-${month}-28` });
const statement = (month: string, cents: number, creatorId = creator.id) =>
  addStatement(app.world, creatorId, cents, { start: `2025-${month}-01`, end: `2025-${month}-28` });

const RUN = `mutation ($input: CreatePayoutRunInput!) { createPayoutRun(input: $input) {
  ... on CreatePayoutRunPayload { run { id reason requestedBy } } ... on Error { code message } } }`;

async function run(month: string, expectedTotalCents: number, reason?: string): Promise<string> {
  const input = { ...monthOf(month), expectedTotalCents, reason, idempotencyKey: randomUUID() };
  const { createPayoutRun } = await asAdmin(app, RUN, { input });
  expect(createPayoutRun.run).toMatchObject({ reason: reason ?? null, requestedBy: ADMIN.sub });
  return createPayoutRun.run.id;
}

const PREVIEW = `query ($input: PayoutRunInput!, $first: Int, $after: String, $payable: Boolean,
    $reasons: [PayoutRunExclusionReason!]) {
  payoutRunPreview(input: $input) { payoutCount totalCents needsApprovalCount needsApprovalCents
    platformBalance { availableCents shortfallCents }
    statements(first: $first, after: $after, payable: $payable, reasons: $reasons) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { leftCents reason needsApproval royaltyStatement { creator { id } } } } } }`;

test('a preview says who would be paid and who not, page by page, and whether the money is there', async () => {
  const unready = await addCreator(app.world, { ready: false });
  await statement('01', 3_000);
  await statement('01', 5_001);
  await statement('01', 50);
  await statement('01', 3_000, unready.id);
  const preview = async (variables: object) =>
    (await asAdmin(app, PREVIEW, { input: monthOf('01'), ...variables })).payoutRunPreview;
  const { statements, ...sums } = await preview({ first: 3 });
  expect(sums).toEqual({
    payoutCount: 2,
    totalCents: 8_001,
    needsApprovalCount: 1,
    needsApprovalCents: 5_001,
    platformBalance: { availableCents: 6_000, shortfallCents: 2_001 },
  });
  expect(statements).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
  const rest = (await preview({ first: 3, after: statements.pageInfo.endCursor })).statements;
  expect(rest.pageInfo.hasNextPage).toBe(false);
  const [paid, left] = [globalId('Creator', creator.id), globalId('Creator', unready.id)];
  const row = (leftCents: number, reason: string | null, id: string, needsApproval = false) => ({
    leftCents,
    reason,
    needsApproval,
    royaltyStatement: { creator: { id } },
  });
  const rows = [...statements.nodes, ...rest.nodes];
  expect(rows[0]).toEqual(row(5_001, null, paid, true));
  expect(rows.slice(1, 3)).toEqual(
    expect.arrayContaining([row(3_000, null, paid), row(3_000, 'CREATOR_NOT_READY', left)]),
  );
  expect(rows[3]).toEqual(row(50, 'BELOW_MINIMUM', paid));
  const only = async (variables: object) => {
    const { totalCount, nodes } = (await preview(variables)).statements;
    expect(nodes).toHaveLength(totalCount);
    return nodes.map(({ leftCents }: { leftCents: number }) => leftCents);
  };
  expect(await only({ payable: true })).toEqual([5_001, 3_000]);
  expect(await only({ payable: false })).toEqual([3_000, 50]);
  expect(await only({ reasons: ['BELOW_MINIMUM', 'HELD'] })).toEqual([50]);
  expect(await only({ payable: true, reasons: ['HELD'] })).toEqual([]);
});

test('a Stripe that does not answer leaves the balance unknown, and the preview whole', async () => {
  await app.world.simulator.fault({
    match: { method: 'GET', path: '/v1/balance' },
    fault: 'html_502',
    times: 1,
  });
  const { payoutRunPreview } = await asAdmin(app, PREVIEW, { input: monthOf('11') });
  expect(payoutRunPreview).toMatchObject({ payoutCount: 0, platformBalance: null });
});

test('a run is listed, found by its id and by its payouts', async () => {
  await app.world.simulator.setBalance(1_000_000);
  await statement('02', 1_000);
  await statement('02', 2_000);
  const id = await run('02', 3_000, 'the month');
  const query = `query ($id: ID!) {
    payoutRuns(first: 1) { totalCount nodes { id } }
    payoutRun(id: $id) { id ... on PayoutRun { periodStart periodEnd currency payoutCount totalCents } }
    payouts(filter: { payoutRunId: $id }) { totalCount nodes { amountCents run { id } } } }`;
  const { payoutRuns, payoutRun, payouts } = await asAdmin(app, query, { id });
  expect(payoutRuns.nodes).toEqual([{ id }]);
  expect(payoutRun).toEqual({ id, ...monthOf('02'), currency: 'usd', payoutCount: 2, totalCents: 3_000 });
  expect(payouts.totalCount).toBe(2);
  expect(payouts.nodes.map(({ run: made }: { run: unknown }) => made)).toEqual([{ id }, { id }]);
});

const WATCH = `subscription ($id: ID!) { payoutRunChanged(runId: $id) {
  progress { finished endedCount stages { stage payoutCount } } } }`;

interface Progress {
  finished: boolean;
  endedCount: number;
  stages: { stage: string; payoutCount: number }[];
}

test.each(['WebSocket', 'SSE'])(
  'whoever watches a run over %s hears of it until its end',
  async (transport) => {
    const month = transport === 'SSE' ? '03' : '04';
    await app.world.simulator.setBalance(1_000_000);
    await statement(month, 1_000);
    await statement(month, 6_000);
    const id = await run(month, 7_000);
    const operation = { query: WATCH, variables: { id } };
    const stream =
      transport === 'SSE'
        ? await openStream(app.url, operation, admin)
        : app.socket(admin).iterate(operation);
    const heard: Progress[] = [];
    const ended = (async () => {
      // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
      for await (const { data } of stream as AsyncIterable<any>) heard.push(data.payoutRunChanged.progress);
    })();
    const at = (progress: Progress | undefined, stage: string) =>
      progress?.stages.find((one) => one.stage === stage)?.payoutCount;
    await expect.poll(() => at(heard.at(-1), 'COMPLETED')).toBe(1);
    expect(at(heard.at(-1), 'AWAITING_APPROVAL')).toBe(1);
    const { payouts } = await asAdmin(
      app,
      'query ($id: ID!) { payouts(filter: { payoutRunId: $id, awaitingApproval: true }) { nodes { id reference } } }',
      { id },
    );
    const [{ id: payoutId, reference }] = payouts.nodes;
    await holdPayout(app.world.deps, { payoutId: reference, reason: 'a look' }, { name: 'ann' });
    await expect.poll(() => at(heard.at(-1), 'HELD')).toBe(1);
    const approve = `mutation ($id: ID!) {
    approvePayout(input: { payoutId: $id, reason: "fine" }) { __typename }
    releasePayout(input: { payoutId: $id, reason: "fine" }) { __typename } }`;
    const other = await app.token({ ...ADMIN, sub: 'second@platform' });
    const answer = await app.query({ query: approve, variables: { id: payoutId } }, other);
    expect(answer.data.approvePayout).toEqual({ __typename: 'ApprovePayoutPayload' });
    await ended;
    expect(heard.at(-1)).toMatchObject({ finished: true, endedCount: 2 });
  },
);

test('of a run that is none, nothing is heard and the stream ends', async () => {
  const operation = { query: WATCH, variables: { id: globalId('PayoutRun', 'none') } };
  const heard: unknown[] = [];
  for await (const one of await openStream(app.url, operation, admin)) heard.push(one);
  expect(heard).toEqual([]);
});
