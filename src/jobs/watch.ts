// What Agenda does not tell by itself: whether its jobs have ended, whether it still looks for any, and what became of a lock
// that it gives back.
import { type Agenda, Job } from 'agenda';
import type { Logger } from '../observability/logger.js';

/** @returns what waits until no job of this process runs, its end written down */
export function watchJobs(agenda: Agenda): () => Promise<void> {
  const running = new Set<Job>();
  let onEnd = () => {};
  // Agenda tells of other workers' jobs too; those are notifications and no jobs.
  agenda.on('start', (job: unknown) => void (job instanceof Job && running.add(job)));
  agenda.on('complete', (job: unknown) => {
    running.delete(job as Job);
    onEnd();
  });
  return async () => {
    while (running.size > 0) {
      await new Promise<void>((resolve) => {
        onEnd = resolve;
      });
    }
  };
}

/** Agenda looks at its table all the time; one whose timer or database has gone does not. */
export function watchLooks(agenda: Agenda): { begin(): void; sinceMs(): number } {
  let at: number | null = null;
  const { db } = agenda;
  const look = db.getNextJobToRun.bind(db);
  db.getNextJobToRun = async (...which) => {
    const found = await look(...which);
    at = performance.now();
    return found;
  };
  return {
    begin: () => {
      at = performance.now();
    },
    sinceMs: () => (at === null ? 0 : performance.now() - at),
  };
}

/**
 * Agenda gives the lock of a job that it does not run back without waiting for it: a database that is away at that moment
 * would end the process by a rejection that nobody handles. A lock that stays ends by itself.
 */
export function forgiveUnlocking({ db }: Pick<Agenda, 'db'>, log: Pick<Logger, 'warn'>): void {
  const unlock = db.unlockJob.bind(db);
  db.unlockJob = async (job) => {
    try {
      await unlock(job);
    } catch (err) {
      log.warn({ err, job: job.name }, 'the lock of a job was not given back; it ends by itself');
    }
  };
}
