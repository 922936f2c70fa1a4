// What is counted for metrics: exact at any moment, folded or not, whoever writes meanwhile, and cheap to read.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { DatabaseFigures } from '../../src/observability/figures.js';
import { approvePayout, holdPayout, rejectPayout, releasePayout } from '../../src/payouts/control/decide.js';
import { createPayout } from '../../src/payouts/create.js';
import { applyEvent, storeEvent } from '../../src/payouts/events/inbox.js';
import { replayWebhookEvent } from '../../src/payouts/events/replay.js';
import { foldMetrics } from '../../src/payouts/metrics/fold.js';
import { createReadFigures } from '../../src/payouts/metrics/read.js';
import { advance } from '../support/clock.js';
import { addCreator, createWorld, openClient, type World } from '../support/world.js';
import { addPayee, change, create, planOf } from './rollups.js';
import { ADMIN, eventOf, pay, receive } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld({ ownClock: true });
});
afterAll(() => world.close());

const read = () => createReadFigures(world.db.pool, 'usd')();

/** The same, added up the plain way. */
async function expected(): Promise<Pick<DatabaseFigures, 'retries'> & Record<string, unknown>> {
  const { rows } = await world.db.pool.query<{ change: string; n: number }>(
    `SELECT COALESCE(from_status::text, 'none') || '>' || to_status AS change, count(*)::int AS n
     FROM payout_events WHERE from_status IS DISTINCT FROM to_status GROUP BY 1 ORDER BY 1`,
  );
  const retries = rows
    .filter(({ change }) => change.startsWith('FAILED>'))
    .reduce((sum, { n }) => sum + n, 0);
  return { transitions: Object.fromEntries(rows.map(({ change, n }) => [change, n])), retries };
}

async function expectExact(): Promise<void> {
  const { transitions, retries, completions } = await read();
  const told = transitions.filter(({ count }) => count > 0).map((t) => [`${t.from}>${t.to}`, t.count]);
  expect({ transitions: Object.fromEntries(told), retries }).toEqual(await expected());
  const { rows } = await world.db.pool.query<{ n: number; ms: number }>(
    `SELECT count(*)::int AS n, COALESCE(sum(round(EXTRACT(epoch FROM e.occurred_at - p.created_at) * 1000)), 0)::float AS ms
     FROM payout_events e JOIN payouts p ON p.id = e.payout_id WHERE to_status = 'COMPLETED'`,
  );
  const sum = (of: 'count' | 'ms') => completions.reduce((all, one) => all + one[of], 0);
  expect({ n: sum('count'), ms: sum('ms') }).toEqual(rows[0]);
}

const uncounted = async () => {
  const { rows } = await world.db.pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM payout_events, metric_position WHERE payout_events.id > counted_id',
  );
  return rows[0]?.n;
};

/** The first chooses up to where, the second counts. */
async function foldTwice(): Promise<void> {
  await foldMetrics(world.db.pool);
  await foldMetrics(world.db.pool);
}

afterEach(async () => {
  await expectExact();
  await foldTwice();
  await expectExact();
  // Any transaction on the server holds the fold back, those of other tests too.
  await vi.waitFor(
    async () => {
      await foldTwice();
      expect(await uncounted()).toBe(0);
    },
    { timeout: 15_000, interval: 50 },
  );
  await expectExact();
});

/** Ten payouts, of which seven are completed after an hour and three fail, one of which is tried again. */
async function tenPayouts(): Promise<void> {
  const { pool } = world.db;
  const creator = await addPayee(world);
  const ids = await create(
    pool,
    Array.from({ length: 10 }, () => creator),
  );
  await change(pool, 'claimed', ids, 'PENDING');
  await advance(world.databaseUrl, 3_600_000);
  await change(pool, 'transfer_settled', ids.slice(0, 7), 'PROCESSING');
  await change(pool, 'transfer_refused', ids.slice(7), 'PROCESSING');
  await change(pool, 'retry_claimed', ids.slice(9), 'FAILED');
}

test('changes count before and after they are folded', async () => {
  await tenPayouts();
  expect(await uncounted()).toBe(31);
  const { completions, processingOldestMs, due } = await read();
  expect(completions).toMatchObject([{ upToSeconds: 7_200, count: 7 }]);
  expect(processingOldestMs).toBeLessThan(60_000);
  expect(due).toBe(0);
});

const why = (payoutId: string) => ({ payoutId, reason: 'a second look' });

test('what an admin decides about a payout that stays where it stands is neither a change of status nor a retry', async () => {
  const { pool } = world.db;
  const [id = ''] = await create(pool, [await addPayee(world)]);
  await holdPayout(world.deps, why(id), ADMIN);
  await releasePayout(world.deps, why(id), ADMIN);
  await change(pool, 'claimed', [id], 'PENDING');
  await change(pool, 'transfer_refused', [id], 'PROCESSING', { retryInMs: 60_000 });
  const { retries } = await read();
  await holdPayout(world.deps, why(id), ADMIN);
  await rejectPayout(world.deps, why(id), ADMIN);
  const told = await read();
  expect(told.retries).toBe(retries);
  expect(told.transitions.filter(({ from, to }) => from === to)).toEqual([]);
});

test('no worker is missing for what is held, waits for an approval, or has nowhere to go', async () => {
  const due = async () => (await read()).due;
  const before = await due();
  const { id, creatorId } = await pay(world);
  expect(await due()).toBe(before + 1);
  await holdPayout(world.deps, why(id), ADMIN);
  expect(await due()).toBe(before);
  await releasePayout(world.deps, why(id), ADMIN);
  const setAccount = (account: string | null) =>
    world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [creatorId, account]);
  await setAccount(null);
  expect(await due()).toBe(before);
  await setAccount('acct_again');
  const limits = { ...world.deps.limits, approvalAboveCents: 1 };
  const large = await createPayout({ ...world.deps, limits }, await largeOne(), ADMIN);
  expect(await due()).toBe(before + 1);
  await approvePayout(world.deps, why(large.payout.id), { name: 'boss@platform' });
  expect(await due()).toBe(before + 2);
});

const largeOne = async () => ({
  creatorId: (await addCreator(world)).id,
  amountCents: 5_000,
  idempotencyKey: 'a large one',
});

test('a transaction that commits late, with a lower id, is not passed over', async () => {
  const late = await openClient(world);
  await late.query('BEGIN');
  const creator = await addPayee(world);
  await create(late as never, [creator]);
  await tenPayouts();
  for (let fold = 0; fold < 3; fold++) await foldTwice();
  await expectExact();
  expect(await uncounted()).toBeGreaterThan(0);
  await late.query('COMMIT');
  await late.end();
});

test('folds beside each other and beside writers count nothing twice', async () => {
  const busy = async () => {
    for (let round = 0; round < 3; round++) await Promise.all([tenPayouts(), foldMetrics(world.db.pool, 7)]);
  };
  await Promise.all([busy(), busy(), busy(), expectMonotonic()]);
});

async function expectMonotonic(): Promise<void> {
  let before = 0;
  for (let look = 0; look < 10; look++) {
    const now = (await read()).transitions.reduce((sum, { count }) => sum + count, 0);
    expect(now).toBeGreaterThanOrEqual(before);
    before = now;
  }
}

test('a long history is folded bit by bit', async () => {
  await tenPayouts();
  await foldMetrics(world.db.pool);
  expect(await uncounted()).toBeGreaterThan(0);
  await foldMetrics(world.db.pool, 5);
  expect(await uncounted()).toBe(0);
});

test('after a restore into a server that counts its transactions from the beginning, it goes on', async () => {
  await tenPayouts();
  await world.db.pool.query('UPDATE metric_position SET next_xid = 9000000000000');
  await foldMetrics(world.db.pool);
});

const webhooks = async () => {
  const { webhookEvents } = await read();
  return Object.fromEntries(webhookEvents.map((e) => [`${e.type} ${e.outcome}`, e.count]));
};

test("Stripe's events count when they end, and once more when they end once more", async () => {
  const unknown = eventOf('customer.created', { id: 'cus_1' });
  const foreign = eventOf('transfer.created', { id: 'tr_1', object: 'transfer', amount: 1, currency: 'usd' });
  await receive(world, unknown);
  await receive(world, foreign);
  await receive(world, foreign);
  expect(await webhooks()).toEqual({ 'other ignored': 1, 'transfer.created quarantined': 1 });
  await foldMetrics(world.db.pool);
  await replayWebhookEvent(world.deps, foreign.id, ADMIN);
  expect(await webhooks()).toEqual({ 'other ignored': 1, 'transfer.created quarantined': 2 });
  expect((await read()).alertsOpen).toContainEqual({ rule: 'webhook_quarantined', count: 1 });
});

test('an event that waits is told with its age until it is applied', async () => {
  const event = eventOf('customer.created', { id: 'cus_2' });
  await storeEvent(world.db.pool, event);
  await advance(world.databaseUrl, 90_000);
  const waiting = await read();
  expect(waiting.webhooksPending).toBe(1);
  expect(waiting.webhooksPendingOldestMs).toBeGreaterThanOrEqual(90_000);
  await applyEvent(world.deps, event.id);
  expect(await read()).toMatchObject({ webhooksPending: 0, webhooksPendingOldestMs: 0 });
});

test('the sweep’s mark grows old, and new with the next fold', async () => {
  await foldMetrics(world.db.pool);
  await advance(world.databaseUrl, 600_000);
  expect((await read()).sweptMsAgo).toBeGreaterThanOrEqual(600_000);
  await foldMetrics(world.db.pool);
  expect((await read()).sweptMsAgo).toBeLessThan(60_000);
});

test('reading costs no more for a history of thousands than for one of a few', async () => {
  await thousands();
  await foldTwice();
  await world.db.pool.query('VACUUM ANALYZE payouts, payout_events, payout_deltas, metric_counts, alerts');
  const { scans } = await planOf(world, readOnce);
  expect(scans.filter((scan) => /Seq Scan on (?:payouts|payout_events)$/.test(scan))).toEqual([]);
});

/** Payouts that were brought in, and a log as long. */
async function thousands(): Promise<void> {
  const creator = await addPayee(world);
  const { pool } = world.db;
  await pool.query(
    `INSERT INTO payouts (id, creator_id, amount_cents, status, stripe_transfer_id, processed_at, updated_at)
     SELECT 'brought-' || n, $1, 500, 'COMPLETED', 'tr_brought_' || n, now(), now() FROM generate_series(1, 5000) n`,
    [creator],
  );
  await pool.query(
    `INSERT INTO payout_events (payout_id, creator_id, version, from_status, to_status, snapshot, log_xid)
     SELECT 'brought-' || n, $1, 2, 'PENDING', 'PROCESSING', '{}', pg_current_xact_id()::text::bigint
     FROM generate_series(1, 5000) n`,
    [creator],
  );
}

/** Without the first question, which asks up to where events are counted. */
async function readOnce(db: Parameters<typeof createReadFigures>[0]): Promise<void> {
  const { rows } = await world.db.pool.query<{ counted: string }>(
    'SELECT counted_id AS counted FROM metric_position',
  );
  const first = {
    query: (sql: unknown, values?: unknown[]) =>
      values ? db.query({ text: sql, values } as never) : { rows },
  };
  await createReadFigures(first as never, 'usd')();
}
