// What the tests of the jobs share: a database, workers on it, and a task that says what it does.
import { connect } from '../../src/db/connect.js';
import { createJobs, type Jobs, type JobsOptions } from '../../src/jobs/agenda.js';
import type { Schedule } from '../../src/jobs/schedule.js';
import type { Task } from '../../src/jobs/task.js';
import type { Logger } from '../../src/observability/logger.js';
import { watchedLog } from '../support/canary.js';
import { createTestDatabase } from '../support/database.js';

export interface JobsWorld {
  /** SQL on the database that the jobs lie in. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Nobody writes or reads a job until what it answers is called. */
  lockJobs(): Promise<() => Promise<void>>;
  /** A worker, or who only enqueues, with a pool of its own. */
  open(options?: Partial<JobsOptions>): Promise<Jobs>;
  /** What the workers warned of. */
  warnings: string[];
  /** Stops what `open` has opened. */
  stopAll(): Promise<void>;
  close(): Promise<void>;
}

export async function createJobsWorld(): Promise<JobsWorld> {
  const database = await createTestDatabase();
  const db = connect({ url: database.url, poolSize: 3, onError: () => undefined });
  let stops: (() => Promise<void>)[] = [];
  const warnings: string[] = [];
  const log: Logger = Object.assign(watchedLog(), {
    warn: (_: unknown, text?: string) => void warnings.push(text ?? ''),
  });
  return {
    warnings,
    query: async (sql) => (await db.pool.query(sql)).rows,
    async lockJobs() {
      const client = await db.pool.connect();
      await client.query('BEGIN; LOCK TABLE agenda_jobs IN ACCESS EXCLUSIVE MODE');
      return async () => {
        await client.query('COMMIT');
        client.release();
      };
    },
    async open(options = {}) {
      const own = connect({ url: database.url, poolSize: 4, onError: () => undefined });
      const jobs = await createJobs({ pool: own.pool, log, ...options });
      stops.push(async () => {
        await jobs.stop();
        await own.close();
      });
      return jobs;
    },
    async stopAll() {
      await Promise.all(stops.map((stop) => stop()));
      stops = [];
      await db.pool.query('DELETE FROM agenda_jobs');
    },
    async close() {
      await db.close();
      await database.drop();
    },
  };
}

/** All tasks at one interval. */
export const everyMs = (ms: number): Schedule => ({
  'process-stripe-transfer': ms,
  'retry-failed-payouts': ms,
  'check-stale-payouts': ms,
  'check-alerts': ms,
  'send-alerts-log': ms,
  'send-alerts-slack': ms,
  'send-alerts-pagerduty': ms,
  'reconcile-payouts': ms,
  'run-reconciliations': ms,
  'send-emails': ms,
  sweep: ms,
});

export const NEVER_MS = 3_600_000;

export interface Recorder extends Task {
  /** When each run began, by `performance.now()`. */
  runs: number[];
  /** Resolves once it has begun so many runs. */
  until(count: number): Promise<void>;
}

/** A task that counts its runs; each does `work`. */
export function recorder(work: (signal: AbortSignal) => Promise<unknown> = async () => undefined): Recorder {
  const runs: number[] = [];
  let told = () => {};
  return {
    name: 'sweep',
    runs,
    async run(signal) {
      runs.push(performance.now());
      told();
      await work(signal);
    },
    async until(count) {
      while (runs.length < count) {
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
    },
  };
}
