// The jobs on a real Postgres: at their intervals, at once on request, in any number of workers, and lost ones too.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { watchedLog } from '../support/canary.js';
import { createJobsWorld, everyMs, type JobsWorld, NEVER_MS, recorder } from './support.js';

let world: JobsWorld;

beforeAll(async () => {
  world = await createJobsWorld();
});
afterEach(() => world.stopAll());
afterAll(() => world.close());

test('a task runs at once when its worker starts, and then at its interval', async () => {
  const task = recorder();
  const jobs = await world.open();
  await jobs.work([task], everyMs(300));
  await task.until(4);
  const [first = 0, , , fourth = 0] = task.runs;
  // Agenda looks every 200 ms; never more often than the interval says.
  expect(fourth - first).toBeGreaterThan(3 * 300 - 100);
});

/** A job that is asked for while another one of its name ends waits for Agenda's next look. */
const idle = () =>
  vi.waitFor(async () => {
    const locked = await world.query('SELECT 1 FROM agenda_jobs WHERE locked_at IS NOT NULL');
    expect(locked).toEqual([]);
  });

test("a request runs it at once: neither its interval nor Agenda's next look is waited for", async () => {
  const task = recorder();
  const jobs = await world.open({ lookEveryMs: 15_000 });
  await jobs.work([task], everyMs(NEVER_MS));
  await task.until(1);
  for (let i = 2; i < 6; i++) {
    await idle();
    jobs.enqueue('sweep');
    await task.until(i);
  }
});

test('requests of a process that only enqueues wake the worker: they do not wait for its next look', async () => {
  const task = recorder();
  const [api, worker] = [await world.open(), await world.open({ lookEveryMs: 15_000 })];
  await api.enqueueOnly();
  await worker.work([task], everyMs(NEVER_MS));
  await task.until(1);
  for (let i = 2; i < 6; i++) {
    await idle();
    api.enqueue('sweep');
    await task.until(i);
  }
});

test('a task that takes longer than its lock keeps the lock: it is neither given up nor begun again', async () => {
  const ends: (() => void)[] = [];
  const task = recorder(() => new Promise<void>((resolve) => ends.push(resolve)));
  const [one, other] = [await world.open({ lockMs: 400 }), await world.open({ lockMs: 400 })];
  await one.work([task], everyMs(NEVER_MS));
  await other.work([task], everyMs(NEVER_MS));
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  const lockedAt = async () =>
    (await world.query('SELECT locked_at FROM agenda_jobs'))[0]?.['locked_at'] as Date;
  const first = await lockedAt();
  // Three lock lifetimes by the lock's own clock, whatever this machine is doing.
  await vi.waitFor(
    async () => expect(Number(await lockedAt()) - Number(first)).toBeGreaterThan(1_200),
    10_000,
  );
  expect(ends).toHaveLength(1);
  for (const end of ends) end();
});

test('a failure is told of by the worker that it happened to, by its job’s name, and by nobody else', async () => {
  const task = recorder(() => Promise.reject(new Error('not today')));
  const told = (who: string, to: unknown[]) =>
    Object.assign(watchedLog(), {
      error: ({ job, err }: { job: string; err: Error }) => to.push([who, job, err.message]),
    });
  const failures: unknown[] = [];
  const other = await world.open({ log: told('other', failures) });
  const worker = await world.open({ log: told('worker', failures) });
  await other.work([{ name: 'check-stale-payouts', run: async () => undefined }], everyMs(NEVER_MS));
  await worker.work([task], everyMs(NEVER_MS));
  await vi.waitFor(() => expect(failures).toHaveLength(1), 10_000);
  await idle();
  // By now the other one has heard of it as well.
  other.enqueue('sweep');
  await vi.waitFor(() => expect(failures).toHaveLength(2), 10_000);
  expect(failures).toEqual(failures.map(() => ['worker', 'sweep', 'not today']));
});

test('many requests at once become few, and the last one is not lost', async () => {
  let work = 0;
  let done = 0;
  const task = recorder(async () => {
    done = work;
  });
  const jobs = await world.open();
  await jobs.work([task], everyMs(NEVER_MS));
  await task.until(1);
  for (let i = 0; i < 500; i++) {
    work += 1;
    jobs.enqueue('sweep');
  }
  await vi.waitFor(() => expect(done).toBe(500), { timeout: 5_000 });
  await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 5_000 });
  expect(task.runs.length).toBeLessThan(20);
});

test('a request made while another is under way is not swallowed by it', async () => {
  const task = recorder();
  const jobs = await world.open();
  await jobs.work([task], everyMs(NEVER_MS));
  await task.until(1);
  const release = await world.lockJobs();
  jobs.enqueue('sweep');
  jobs.enqueue('sweep');
  await release();
  await task.until(3);
});

test('a worker that lost all its jobs goes on at its interval', async () => {
  const task = recorder();
  const jobs = await world.open();
  await jobs.work([task], everyMs(200));
  await task.until(2);
  await world.query('DELETE FROM agenda_jobs');
  const before = task.runs.length;
  await task.until(before + 3);
});

test('a task that fails is run again, and others are not held up', async () => {
  const failing = recorder(() => Promise.reject(new Error('no')));
  const other = { ...recorder(), name: 'retry-failed-payouts' as const };
  const jobs = await world.open();
  await jobs.work([failing, other], everyMs(200));
  await Promise.all([failing.until(3), other.until(3)]);
});

test('two workers share the requests, and one interval has one run', async () => {
  const tasks = [recorder(), recorder()];
  for (const task of tasks) await (await world.open()).work([task], everyMs(NEVER_MS));
  expect(await world.query(`SELECT name FROM agenda_jobs WHERE type = 'single'`)).toEqual([
    { name: 'sweep' },
  ]);
  await vi.waitFor(() => expect(runsOf(tasks)).toBeGreaterThanOrEqual(1));
});

test('stop waits for what runs, asks it to end, and starts nothing more', async () => {
  let ended = false;
  const task = recorder(async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await sleep(100);
    ended = true;
  });
  const jobs = await world.open();
  await jobs.work([task], everyMs(50));
  await task.until(1);
  for (let i = 0; i < 5; i++) jobs.enqueue('sweep');
  await jobs.stop();
  expect(ended).toBe(true);
  const { length } = task.runs;
  await sleep(300);
  expect(task.runs).toHaveLength(length);
});

test('while stop waits, no other task begins', async () => {
  const slow = recorder(async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await sleep(500);
  });
  const quick = { ...recorder(), name: 'retry-failed-payouts' as const };
  const jobs = await world.open();
  await jobs.work([slow, quick], everyMs(50));
  await Promise.all([slow.until(1), quick.until(1)]);
  const { length } = quick.runs;
  const stopped = jobs.stop();
  jobs.enqueue('retry-failed-payouts');
  await stopped;
  expect(quick.runs.length).toBe(length);
});

test('what a stopped worker had taken up goes to the next one, at the latest when its lock ends', async () => {
  // Agenda frees what it holds when it stops, but a row that it was locking at that very moment stays locked.
  const lockMs = 1_000;
  const task = recorder((signal) => new Promise((resolve) => signal.addEventListener('abort', resolve)));
  const jobs = await world.open({ lockMs });
  await jobs.work([task], everyMs(NEVER_MS));
  await task.until(1);
  jobs.enqueue('sweep');
  await vi.waitFor(async () => expect(await waiting()).toBe(1));
  await jobs.stop();
  const next = recorder();
  await (await world.open({ lockMs })).work([next], everyMs(NEVER_MS));
  await next.until(1);
});

test('a database that is away does not make enqueue throw', async () => {
  const jobs = await world.open();
  await world.query('ALTER TABLE agenda_jobs RENAME TO away');
  expect(() => jobs.enqueue('sweep')).not.toThrow();
  await vi.waitFor(() => expect(world.warnings).toContainEqual(expect.stringContaining('not enqueued')));
  await world.query('ALTER TABLE away RENAME TO agenda_jobs');
});

const runsOf = (tasks: readonly { runs: number[] }[]) =>
  tasks.reduce((sum, task) => sum + task.runs.length, 0);

async function waiting(): Promise<number> {
  const [row] = await world.query(`SELECT count(*)::int AS jobs FROM agenda_jobs WHERE type = 'normal'`);
  return row?.jobs as number;
}

test('who takes up no jobs any more says so, until it does again; who only enqueues never does', async () => {
  const [worker, other] = [await world.open({ unlookedMs: 1_000 }), await world.open({ unlookedMs: 1 })];
  await other.enqueueOnly();
  await worker.work([recorder()], everyMs(NEVER_MS));
  await worker.check();
  const free = await world.lockJobs();
  await vi.waitFor(() => expect(worker.check()).rejects.toThrow('last looked for'), { timeout: 10_000 });
  await other.check();
  await free();
  await vi.waitFor(() => worker.check(), { timeout: 10_000 });
});
