// Runs: who may ask for which period, that each is executed by one worker, and that a worker's death costs nothing.
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTransaction } from '../../src/db/transaction.js';
import { reconcilePayouts } from '../../src/jobs/reconcile-payouts.js';
import { runReconciliations } from '../../src/jobs/run-reconciliations.js';
import type { TransferBook } from '../../src/payouts/ports.js';
import { processingState, resumeProcessing } from '../../src/payouts/processing.js';
import { executeQueuedRuns, executeRun } from '../../src/reconciliation/execute.js';
import { takeRun } from '../../src/reconciliation/lease.js';
import { recordOpen } from '../../src/reconciliation/record.js';
import { runReport } from '../../src/reconciliation/report.js';
import { requestDailyRun, requestRun } from '../../src/reconciliation/runs.js';
import { createStripe } from '../../src/stripe/client.js';
import { ADMIN, NEVER, pay, payoutOf, spoil, work } from '../payouts/support.js';
import { addCreator, createWorld, type World } from '../support/world.js';
import { itemsOf, lastHours, openMismatches, reconcileDeps, reconcileNow, takenRun } from './support.js';

let world: World;
let stripe: Stripe;
beforeAll(async () => {
  world = await createWorld();
  stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 2_000 });
});
afterAll(() => world.close());
beforeEach(() => sql('TRUNCATE reconciliation_items, reconciliation_runs CASCADE'));

const sql = async (text: string, ...values: unknown[]) => (await world.db.pool.query(text, values)).rows;
const execute = (signal = NEVER) => executeQueuedRuns(reconcileDeps(world), signal);
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
const statusOf = async (runId: string) => (await runReport(world.db.pool, runId)).status;

/** Stripe has made its transfer, and nobody has told us. */
async function lost(): Promise<string> {
  const { id } = await pay(world);
  await spoil(world, id, { fault: 'error_500_after_commit' });
  await work(world);
  return id;
}

async function stranger(): Promise<string> {
  const { accountId } = await addCreator(world);
  return (await stripe.transfers.create({ amount: 700, currency: 'usd', destination: accountId })).id;
}

describe('asking for a run', () => {
  it('queues it, with an audit row and a signal', async () => {
    const before = world.signalled.reconciliationDue;
    const period = lastHours();
    const id = await requestRun(world.deps, period, ADMIN);
    expect(await runReport(world.db.pool, id)).toMatchObject({
      status: 'QUEUED',
      periodStart: period.start,
      periodEnd: period.end,
      requestedBy: ADMIN.name,
    });
    expect(world.signalled.reconciliationDue).toBe(before + 1);
    const [audit] = await sql(
      `SELECT actor, action, request_id, after->>'runId' AS run FROM audit_events
       WHERE chain = 'reconciliation' ORDER BY id DESC LIMIT 1`,
    );
    expect(audit).toEqual({
      actor: ADMIN.name,
      action: 'reconciliation_requested',
      request_id: ADMIN.requestId,
      run: id,
    });
  });

  it.each<[string, number, number, string]>([
    ['that ends before it begins', 1, 2, 'from'],
    ['of no length', 1, 1, 'from'],
    ['of the future', 1, -1, 'to'],
    ['of more than 400 days', 401 * 24, 0, 'from'],
    ['without a beginning', Number.NaN, 0, 'from'],
    ['without an end', 1, Number.NaN, 'to'],
  ])('refuses a period %s', async (_what, from, to, path) => {
    const asked = requestRun(world.deps, { start: hoursAgo(from), end: hoursAgo(to) }, ADMIN);
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_INPUT', inputPath: [path] });
    expect(await sql('SELECT 1 FROM reconciliation_runs')).toEqual([]);
  });
});

describe('the run of the day', () => {
  const dailies = () =>
    sql(`SELECT status, extract(epoch FROM now() - period_start)::int / 60 AS minutes,
           period_end > now() - interval '1 minute' AS until_now
         FROM reconciliation_runs WHERE requested_by = 'system' ORDER BY created_at`);

  it('first looks back a day, to the oldest payout, and thirty days at most', async () => {
    await requestDailyRun(world.deps);
    expect(await dailies()).toEqual([{ status: 'QUEUED', minutes: 1_440, until_now: true }]);
    for (const [days, minutes] of [
      [20, 20 * 1_440],
      [90, 30 * 1_440],
    ] as const) {
      await sql('TRUNCATE reconciliation_runs CASCADE');
      const { id } = await pay(world);
      await sql(`UPDATE payouts SET created_at = now() - $2 * interval '1 day' WHERE id = $1`, id, days);
      await requestDailyRun(world.deps);
      expect(await dailies()).toMatchObject([{ minutes }]);
    }
    await sql(`UPDATE payouts SET created_at = now()`);
  });

  it('then goes on where the last completed one ended, three days earlier', async () => {
    await sql(
      `INSERT INTO reconciliation_runs (period_start, period_end, status, requested_by) VALUES
         (now() - interval '9 days', now() - interval '2 days', 'COMPLETED', 'system'),
         (now() - interval '9 days', now() - interval '1 days', 'FAILED', 'system'),
         (now() - interval '9 days', now(), 'COMPLETED', 'somebody else')`,
    );
    await requestDailyRun(world.deps);
    expect((await dailies()).at(-1)).toEqual({ status: 'QUEUED', minutes: 5 * 1_440, until_now: true });
  });

  it('is queued once, however many ask for it at once', async () => {
    const asked = await Promise.all(Array.from({ length: 5 }, () => requestDailyRun(world.deps)));
    expect(asked.filter((id) => id !== null)).toHaveLength(1);
    expect(await dailies()).toHaveLength(1);
  });

  it('is asked for and executed by its job', async () => {
    const id = await lost();
    await reconcilePayouts(reconcileDeps(world)).run(NEVER);
    expect(await dailies()).toMatchObject([{ status: 'COMPLETED' }]);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });
});

describe('executing runs', () => {
  it('takes all that wait, in their order', async () => {
    const first = await requestRun(world.deps, lastHours(), ADMIN);
    const second = await requestRun(world.deps, lastHours(), ADMIN);
    await runReconciliations(reconcileDeps(world)).run(NEVER);
    for (const id of [first, second]) expect(await statusOf(id)).toBe('COMPLETED');
    expect(await sql('SELECT 1 FROM reconciliation_runs ORDER BY started_at')).toHaveLength(2);
    expect(await execute()).toBe(0);
  });

  it('names who asked for it in what it repairs', async () => {
    const id = await lost();
    const runId = await requestRun(world.deps, lastHours(), ADMIN);
    await execute();
    const audit = await sql(
      'SELECT actor, request_id FROM audit_events WHERE payout_id = $1 AND version = 3',
      id,
    );
    expect(audit).toEqual([{ actor: ADMIN.name, request_id: runId }]);
  });

  it('gives each run to one of many workers', async () => {
    for (let i = 0; i < 6; i++) await requestRun(world.deps, lastHours(), ADMIN);
    const counts = await Promise.all(Array.from({ length: 4 }, () => execute()));
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(6);
  });

  it('two at once repair once, and have one open item between them', async () => {
    const payouts = await Promise.all([lost(), lost(), lost()]);
    const transfer = await stranger();
    await Promise.all([reconcileNow(world), reconcileNow(world), reconcileNow(world)]);
    for (const id of payouts) {
      expect(await payoutOf(world, id)).toMatchObject({ status: 'COMPLETED', version: 3 });
      expect(await itemsOf(world, id)).toMatchObject([{ state: 'REPAIRED' }]);
    }
    expect(await itemsOf(world, transfer)).toMatchObject([{ kind: 'unknown_transfer', state: 'OPEN' }]);
  });
});

describe('a run that is interrupted', () => {
  /** A book that stops for good after its first page, as a worker does that dies there. */
  function dyingAfterAPage(onPage: () => void): TransferBook {
    const { book } = reconcileDeps(world);
    return {
      ...book,
      async *created(period) {
        for await (const page of book.created(period)) {
          yield page;
          onPage();
          await new Promise(() => undefined);
        }
      },
    };
  }

  it('is taken up again when its lease has ended, and adds nothing twice', async () => {
    const [id, transfer] = [await lost(), await stranger()];
    const runId = await requestRun(world.deps, lastHours(), ADMIN);
    let died = false;
    const book = dyingAfterAPage(() => {
      died = true;
    });
    void executeQueuedRuns(reconcileDeps(world, { book }), NEVER);
    await vi.waitFor(() => expect(died).toBe(true));
    expect(await statusOf(runId)).toBe('RUNNING');
    expect(await execute()).toBe(0);
    await sql(`UPDATE reconciliation_runs SET lease_until = now() - interval '1 second'`);
    expect(await execute()).toBe(1);
    expect(await statusOf(runId)).toBe('COMPLETED');
    expect(await itemsOf(world, id)).toMatchObject([{ state: 'REPAIRED' }]);
    expect(await itemsOf(world, transfer)).toHaveLength(1);
  });

  it('by a stop is free for others at once', async () => {
    const runId = await requestRun(world.deps, lastHours(), ADMIN);
    const stop = new AbortController();
    const { book } = reconcileDeps(world);
    const stopping: TransferBook = {
      ...book,
      created(period) {
        stop.abort();
        return book.created(period);
      },
    };
    await executeQueuedRuns(reconcileDeps(world, { book: stopping }), stop.signal);
    expect(await statusOf(runId)).toBe('RUNNING');
    expect(await execute()).toBe(1);
    expect(await statusOf(runId)).toBe('COMPLETED');
  });

  it('does not end what another worker has by now', async () => {
    await requestRun(world.deps, lastHours(), ADMIN);
    const slow = await takeRun(world.db.pool);
    await sql(`UPDATE reconciliation_runs SET lease_until = now() - interval '1 second'`);
    const other = await takeRun(world.db.pool);
    if (!slow || !other) throw new Error('nothing was taken');
    await executeRun(reconcileDeps(world), slow, NEVER);
    expect(await statusOf(slow.id)).toBe('RUNNING');
    await executeRun(reconcileDeps(world), other, NEVER);
    expect(await statusOf(slow.id)).toBe('COMPLETED');
  });

  it('by Stripe is FAILED, and says why', async () => {
    const runId = await requestRun(world.deps, lastHours(), ADMIN);
    await world.simulator.fault({
      fault: 'html_502',
      times: 2,
      match: { method: 'GET', path: '/v1/transfers' },
    });
    await execute();
    const report = await runReport(world.db.pool, runId);
    expect(report).toMatchObject({ status: 'FAILED', error: expect.stringMatching(/.{10}/) });
    expect((await processingState(world.db.pool)).paused).toBe(false);
  });

  it('by one lost answer goes on', async () => {
    const runId = await requestRun(world.deps, lastHours(), ADMIN);
    await world.simulator.fault({
      fault: 'html_502',
      times: 1,
      match: { method: 'GET', path: '/v1/transfers' },
    });
    await execute();
    expect(await statusOf(runId)).toBe('COMPLETED');
  });

  it('by a refusal of our key pauses processing', async () => {
    const runId = await requestRun(world.deps, lastHours(), ADMIN);
    await world.simulator.fault({
      fault: 'unauthorized_401',
      match: { method: 'GET', path: '/v1/transfers' },
    });
    await execute();
    expect(await statusOf(runId)).toBe('FAILED');
    expect((await processingState(world.db.pool)).paused).toBe(true);
    await resumeProcessing(world.deps, 'The test is over.', ADMIN);
  });
});

describe('what is alive at this moment is no difference', () => {
  it('a payout whose answer comes while Stripe is asked', async () => {
    const { id } = await pay(world);
    const deps = reconcileDeps(world);
    let worked = false;
    const transfers: typeof deps.transfers = {
      async findByPayout(payoutId) {
        const listed = await deps.transfers.findByPayout(payoutId);
        // What was listed is old from here on: the payout is paid before its row is locked.
        if (payoutId === id && !worked) {
          worked = true;
          await sql(`UPDATE payouts SET status = 'PENDING' WHERE id = $1`, id);
          await work(world);
        }
        return listed;
      },
    };
    await sql(
      `UPDATE payouts SET status = 'PROCESSING', updated_at = now() - interval '2 hours' WHERE id = $1`,
      id,
    );
    await reconcileNow(world, { transfers });
    expect(worked).toBe(true);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await itemsOf(world, id)).toEqual([]);
  });

  it('an open item that another run has just seen is not taken for gone', async () => {
    const transfer = await stranger();
    await reconcileNow(world);
    const [slow, quick] = [await takenRun(world), await takenRun(world)];
    const [item] = await itemsOf(world, transfer);
    if (!item) throw new Error('it was not found');
    // The quick one sees it first, the slow one after it: it stays with the one that began later.
    for (const run of [quick, slow]) {
      const seen = {
        kind: 'unknown_transfer' as const,
        payoutId: null,
        transferId: transfer,
        occurredAt: new Date(),
        details: item.details,
      };
      await inTransaction(world.db.pool, (db) => recordOpen(db, run.id, seen));
    }
    const rows = await sql('SELECT seen_in_run_id AS run FROM reconciliation_items WHERE id = $1', item.id);
    expect(rows).toEqual([{ run: quick.id }]);
    await world.simulator.reverse(transfer);
    await executeRun(reconcileDeps(world), slow, NEVER);
    expect(await itemsOf(world, transfer)).toMatchObject([{ state: 'OPEN' }]);
    await executeRun(reconcileDeps(world), quick, NEVER);
    expect(await itemsOf(world, transfer)).toMatchObject([{ state: 'RESOLVED' }]);
    expect(await openMismatches(world)).not.toContain(item.openKey);
  });
});

it('goes through more transfers than a page and a batch have', async () => {
  const { accountId } = await addCreator(world);
  const ids: string[] = [];
  for (let i = 0; i < 105; i++) {
    ids.push((await stripe.transfers.create({ amount: 100, currency: 'usd', destination: accountId })).id);
  }
  await lost();
  const before = await sql(`SELECT count(*)::int AS n FROM payouts WHERE status = 'COMPLETED'`);
  const report = await reconcileNow(world);
  expect(report.transfersChecked).toBeGreaterThan(105);
  expect(report.payoutsChecked).toBeGreaterThan(before[0]?.['n']);
  const open = new Set(report.items.filter(({ state }) => state === 'OPEN').map((one) => one.transferId));
  for (const id of ids) expect(open.has(id)).toBe(true);
  expect(report.kinds).toContainEqual({ kind: 'unrecorded_transfer', state: 'REPAIRED', count: 1 });
});
