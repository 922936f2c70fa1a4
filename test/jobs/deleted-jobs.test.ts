// Every job is deleted under running processes while payouts wait in each way that they can: they are paid all the same.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { pauseProcessing, resumeProcessing } from '../../src/payouts/processing.js';
import { createAll, makeWishes, type Wish } from '../crash/clients.js';
import { expectSettled } from '../crash/settled.js';
import { openSite, PATIENCE_MS, type Site, type Struck } from '../crash/site.js';

let site: Site;
let api: Struck;

beforeAll(async () => {
  site = await openSite({ PAYOUT_RETRY_DELAYS: '1s' });
  [api] = await Promise.all([site.start('api'), site.start('worker')]);
  await site.world.simulator.setWebhookUrl(`${api.url}/api/webhooks/stripe`);
}, 2 * PATIENCE_MS);
afterAll(() => site?.close());

const ACTOR = { name: 'the job tests' };

test(
  'payouts that wait for a worker, a retry or an answer finish without their jobs',
  async () => {
    const { simulator, deps, db } = site.world;
    await simulator.setBalance(0);
    const refused = await payUntil(`status = 'FAILED'`);
    await simulator.fault({ fault: 'html_502', match: { method: 'POST' }, times: 'always' });
    const unknown = await payUntil(`status = 'PROCESSING'`);
    await pauseProcessing(db.pool, 'Some shall wait.', ACTOR);
    const waiting = await payUntil(`status = 'PENDING'`);

    const deleted = await db.pool.query('DELETE FROM agenda_jobs');
    expect(deleted.rowCount).toBeGreaterThan(0);
    await simulator.topUp(1_000_000);
    await simulator.clearFaults();
    // From this process, whose signals reach nobody.
    await resumeProcessing(deps, 'They have waited.', ACTOR);
    await expectSettled(site, [...refused, ...unknown, ...waiting], 'COMPLETED');
  },
  4 * PATIENCE_MS,
);

/** Three new payouts, once each of them has come so far. */
async function payUntil(condition: string): Promise<Wish[]> {
  const wishes = await makeWishes(site);
  const ids = await createAll(site, api, wishes);
  const sql = `SELECT id FROM payouts WHERE id = ANY ($1) AND NOT (${condition})`;
  const check = async () => expect((await site.world.db.pool.query(sql, [ids])).rows).toEqual([]);
  await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 50 });
  return wishes;
}
