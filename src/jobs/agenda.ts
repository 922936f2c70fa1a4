// Agenda runs the tasks: at their intervals, and at once when somebody asks for it.
import { randomUUID } from 'node:crypto';
import { Agenda, Job } from 'agenda';
import type { Logger } from '../observability/logger.js';
import { inSpan, SpanKind } from '../observability/tracing.js';
import { type BackendOptions, createBackend } from './backend.js';
import type { Schedule } from './schedule.js';
import type { Task, TaskName } from './task.js';
import { forgiveUnlocking, watchJobs, watchLooks } from './watch.js';

export interface Jobs {
  /** This process only enqueues; without it, its jobs would wait for the workers' next look. */
  enqueueOnly(): Promise<void>;
  /** Runs the tasks in this process, until `stop`. */
  work(tasks: readonly Task[], schedule: Schedule): Promise<void>;
  /** Asks some worker to run the task now. Never throws: the task's interval makes up for a lost one. */
  enqueue(name: TaskName): void;
  /** Rejects when this process should take up jobs and has looked for none for some time. */
  check(): Promise<void>;
  /** No new work; waits for what is running. */
  stop(): Promise<void>;
}

export interface JobsOptions extends BackendOptions {
  /** Milliseconds between Agenda's looks at its table; it also bounds how many jobs a second it takes up. */
  lookEveryMs?: number;
  /** Milliseconds after which the job of a worker that died is given to another one. */
  lockMs?: number;
  /**
   * Milliseconds without a look until somebody must see after it; a database that changes over within a moment is no news.
   */
  unlookedMs?: number;
}

const HOUR_MS = 3_600_000;

export async function createJobs(options: JobsOptions): Promise<Jobs> {
  const { log, lookEveryMs = 200, lockMs = 15_000, unlookedMs = 10_000 } = options;
  const backend = await createBackend(options);
  const agenda = new Agenda({
    backend,
    // Unique: Agenda takes notifications of its own name for its own.
    name: randomUUID(),
    processEvery: lookEveryMs,
    defaultConcurrency: 1,
    defaultLockLimit: 2,
    defaultLockLifetime: lockMs,
    removeOnComplete: true,
  });
  agenda.on('error', (error: Error) => log.warn({ err: error }, 'agenda'));
  // Of other workers' jobs, which Agenda tells of too, those tell themselves.
  agenda.on('fail', (err: Error, job: unknown) => {
    if (job instanceof Job) log.error({ err, ...idsOf(job.attrs) }, 'a job failed');
  });
  await agenda.ready;
  const channel = backend.notificationChannel;
  const stopping = new AbortController();
  const jobsEnded = watchJobs(agenda);
  const looks = watchLooks(agenda);
  forgiveUnlocking(agenda, log);
  const repeats: NodeJS.Timeout[] = [];
  const repeat = (name: TaskName, when: number | string) => agenda.every(when, name, {}, { timezone: 'UTC' });
  const remind = (name: TaskName, when: number | string) => {
    repeat(name, when).catch((error: Error) => log.warn({ err: error, job: name }, 'job not scheduled'));
  };
  const runTask = async (job: Job, task: Task) => {
    const own = log.child(idsOf(job.attrs));
    const began = performance.now();
    const done = await keptAlive(job, lockMs, own, task.run(stopping.signal, own));
    const level = typeof done === 'number' && done > 0 ? 'info' : 'debug';
    own[level]({ done, ms: Math.round(performance.now() - began) }, 'job done');
  };
  const enqueue = coalesced((name) => agenda.now(name, {}), log);
  return {
    enqueue,
    async enqueueOnly() {
      await channel?.connect();
    },
    async work(tasks, schedule) {
      for (const task of tasks) {
        // biome-ignore lint/nursery/noMisusedPromises: Agenda awaits it; its type allows a callback as well
        agenda.define(task.name, async (job: Job) => {
          if (!stopping.signal.aborted) await traced(job, () => runTask(job, task));
        });
      }
      await agenda.start();
      looks.begin();
      for (const { name } of tasks) {
        const when = schedule[name];
        await repeat(name, when);
        // A row that is there keeps its time; one that was lost, by whatever hand, comes back.
        repeats.push(setInterval(() => remind(name, when), typeof when === 'number' ? when : HOUR_MS));
      }
    },
    async check() {
      const sinceMs = looks.sinceMs();
      if (sinceMs > unlookedMs) throw new Error(`jobs were last looked for ${Math.round(sinceMs)} ms ago`);
    },
    async stop() {
      repeats.forEach(clearInterval);
      stopping.abort();
      // From here on Agenda begins nothing, and what it had taken up without beginning it is free for other workers;
      // a row that it is locking at this very moment is so when its lock ends.
      await agenda.stop();
      await jobsEnded();
      if (channel?.state === 'connected') await channel.disconnect();
    },
  };
}

/** A trace of its own: a job takes up what many have asked for, and each of those has its trace. */
function traced(job: Job, run: () => Promise<void>): Promise<void> {
  const { name, _id } = job.attrs;
  const attributes = { 'job.name': name, 'job.id': String(_id) };
  return inSpan(`job ${name}`, { root: true, kind: SpanKind.CONSUMER, attributes }, run);
}

/** Renews the job's lock while its task runs: a run of payouts takes as long as Stripe's pace makes it. */
async function keptAlive<T>(job: Job, lockMs: number, log: Logger, run: Promise<T>): Promise<T> {
  const renew = () => job.touch().catch((err: unknown) => log.warn({ err }, 'lock not renewed'));
  const timer = setInterval(() => void renew(), lockMs / 4);
  try {
    return await run;
  } finally {
    clearInterval(timer);
  }
}

/** What every line of a job says. */
const idsOf = ({ name, _id }: Job['attrs']) => ({ job: name, jobId: String(_id) });

/** While one request to enqueue is under way, any number of further ones become one: a task takes all the work. */
function coalesced(now: (name: TaskName) => Promise<unknown>, log: Logger): Jobs['enqueue'] {
  const underWay = new Map<TaskName, { again: boolean }>();
  const send = (name: TaskName): void => {
    const state = { again: false };
    underWay.set(name, state);
    now(name)
      .catch((error: unknown) =>
        log.warn({ err: error, job: name }, 'job not enqueued; its interval makes up for it'),
      )
      .finally(() => {
        underWay.delete(name);
        if (state.again) send(name);
      });
  };
  return (name) => {
    const state = underWay.get(name);
    if (state) state.again = true;
    else send(name);
  };
}
