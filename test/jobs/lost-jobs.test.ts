// Postgres is the truth and a job only a reminder: a payout whose job was lost is paid all the same.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPayout } from '../../src/payouts/create.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';

let app: RunningApp;

beforeAll(async () => {
  app = await runApp();
});
afterAll(() => app.close());

const ACTOR = { name: 'the job tests' };
const SOON = { timeout: 10_000, interval: 20 };

test('a payout that nobody enqueued is paid, although every job is gone', async () => {
  const creator = await addCreator(app.world);
  const { pool } = app.world.db;
  await pool.query('DELETE FROM agenda_jobs');
  // These signals only count: the process died before it could enqueue.
  const input = { creatorId: creator.id, amountCents: 500, idempotencyKey: 'lost' };
  const { payout } = await createPayout(app.world.deps, input, ACTOR);
  await pool.query('DELETE FROM agenda_jobs');
  await vi.waitFor(async () => expect(await statusOf(payout.id)).toBe('COMPLETED'), SOON);
});

test('an event that was stored and not applied is applied by the sweep', async () => {
  const creator = await addCreator(app.world);
  const { pool } = app.world.db;
  const event = {
    id: 'evt_left_behind',
    type: 'account.updated',
    // Later than what Stripe said when the account was made.
    created: Math.floor(Date.now() / 1000) + 60,
    data: { object: { id: creator.accountId, capabilities: { transfers: 'inactive' } } },
  };
  await pool.query(`INSERT INTO webhook_events (id, type, livemode, payload) VALUES ($1, $2, false, $3)`, [
    event.id,
    event.type,
    JSON.stringify(event),
  ]);
  await vi.waitFor(async () => {
    const { rows } = await pool.query('SELECT transfers_enabled FROM creators WHERE id = $1', [creator.id]);
    expect(rows).toEqual([{ transfers_enabled: false }]);
  }, SOON);
});

async function statusOf(id: string): Promise<string> {
  const { rows } = await app.world.db.pool.query('SELECT status FROM payouts WHERE id = $1', [id]);
  return rows[0]?.status;
}
