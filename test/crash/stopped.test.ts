// Two workers and two APIs on one database. One of each is stopped in the middle of its work for longer than any lease,
// the others finish it, and then the stopped ones go on where they were: nothing is paid twice.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Checkpoint } from '../../src/observability/checkpoints.js';
import type { FaultRule } from '../../src/stripe/simulator/fault-types.js';
import { create, makeWishes, type Wish } from './clients.js';
import { expectSettled } from './settled.js';
import { openSite, PATIENCE_MS, type Site, type Struck } from './site.js';

let site: Site;
let workers: [Struck, Struck];
let apis: [Struck, Struck];
/** All that was ever asked for. */
const wishes: Wish[] = [];

beforeAll(async () => {
  // A lease is the time of two answers and five seconds.
  site = await openSite({ STRIPE_TIMEOUT: '200ms' });
  const start = (role: 'api' | 'worker') => site.start(role);
  apis = [await start('api'), await start('api')];
  workers = [await start('worker'), await start('worker')];
}, 2 * PATIENCE_MS);
afterAll(() => site?.close());

interface Case {
  worker: Checkpoint;
  api: Checkpoint;
  /** What brings the worker there. */
  fault?: FaultRule;
}

const ALWAYS = { match: { method: 'POST', path: '/v1/transfers' }, times: 'always' as const };
const LOST_ANSWER: FaultRule = { fault: 'html_502', afterCommit: true, ...ALWAYS };
const LOST_REQUEST: FaultRule = { fault: 'html_502', ...ALWAYS };

/** The usual run takes every other; `npm run test:crash` takes all. */
const ALL: Case[] = [
  { worker: 'claim.after_commit', api: 'inbox.after_commit' },
  { worker: 'send.before_request', api: 'webhook.before_store' },
  { worker: 'send.after_request', api: 'webhook.after_store' },
  { worker: 'look.after_answer', api: 'webhook.after_answer', fault: LOST_ANSWER },
  { worker: 'resolve.after_mark', api: 'create.after_commit', fault: LOST_REQUEST },
];

const { CRASH_ROUNDS } = process.env;
const CASES = CRASH_ROUNDS ? ALL : ALL.filter((_, i) => i % 2 === 0);

test.for(CASES)('a worker stopped at $worker, an API at $api', { timeout: 4 * PATIENCE_MS }, async (one) => {
  const { simulator } = site.world;
  const [worker, api] = [workers[0], apis[0]];
  if (one.fault) await simulator.fault(one.fault);
  await simulator.setWebhookUrl(`${api.url}/api/webhooks/stripe`);
  await worker.strikeAt(one.worker, 'SIGSTOP');
  await api.strikeAt(one.api, 'SIGSTOP');
  const { asked, answers } = await payUntilStopped(api, worker);
  const leasedUntil = await lastLease();
  await simulator.clearFaults();

  // Clients and Stripe are sent to the API that answers.
  await simulator.setWebhookUrl(`${apis[1].url}/api/webhooks/stripe`);
  await Promise.all(asked.map((wish) => create(site, apis[1], wish)));
  await forgetJobs();
  await othersFinish(leasedUntil);

  worker.child.kill('SIGCONT');
  api.child.kill('SIGCONT');
  // A connection may have been idle for too long meanwhile: those clients have asked the other API already.
  await Promise.allSettled(answers);
  await expectSettled(site, wishes, 'COMPLETED');
});

/** Payouts are asked for through both APIs, over and over, until one of them and the worker have stopped. */
async function payUntilStopped(api: Struck, worker: Struck) {
  const asked: Wish[] = [];
  const answers: Promise<unknown>[] = [];
  const pay = async (through: Struck) => {
    const made = await makeWishes(site, 1);
    wishes.push(...made);
    asked.push(...made);
    const answer = Promise.all(made.map((wish) => create(site, through, wish)));
    answers.push(answer);
    return answer;
  };
  const apiStopped = stopOf(api);
  const workerStopped = stopOf(worker);
  while (!(apiStopped.has() && workerStopped.has())) {
    // The one that stops owes its answer until it goes on.
    if (!apiStopped.has()) await Promise.race([pay(api), apiStopped.come]);
    await pay(apis[1]);
  }
  await Promise.all([apiStopped.come, workerStopped.come]);
  return { asked, answers };
}

/** @returns whether it has stopped, or will not within the time that a test has */
function stopOf(server: Struck) {
  let over = false;
  const come = server.struck().finally(() => {
    over = true;
  });
  return { come, has: () => over };
}

/** The stopped worker holds its job, which others get when the lock ends after a minute; a lost one comes back at once. */
const forgetJobs = () => site.world.db.pool.query('DELETE FROM agenda_jobs');

/** When the last lease ends that anybody holds at this moment, by the database's clock. */
async function lastLease(): Promise<string> {
  const { rows } = await site.world.db.pool.query<{ until: string }>(
    'SELECT max(lease_until)::text AS until FROM payout_attempts',
  );
  return rows[0]?.until ?? '';
}

/** All is paid, and the leases of the stopped ones are over. */
async function othersFinish(leasedUntil: string): Promise<void> {
  const sql = `SELECT id FROM payouts WHERE status <> 'COMPLETED' OR now() <= $1::timestamp`;
  const check = async () => expect((await site.world.db.pool.query(sql, [leasedUntil])).rows).toEqual([]);
  await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 100 });
}
