// Agenda gives locks back without waiting: what becomes of that must never end the process.
import type { Agenda } from 'agenda';
import { expect, it, vi } from 'vitest';
import { forgiveUnlocking } from '../../src/jobs/watch.js';

type Db = Agenda['db'];
type Unlocked = Parameters<Db['unlockJob']>[0];

const JOB = { name: 'sweep' } as Unlocked;

function forgiven(unlockJob: Db['unlockJob']) {
  const agenda = { db: { unlockJob } as Db };
  const warn = vi.fn();
  forgiveUnlocking(agenda, { warn });
  return { unlock: () => agenda.db.unlockJob(JOB), warn };
}

it('gives a lock back, and says nothing of it', async () => {
  const given = vi.fn(async () => {});
  const { unlock, warn } = forgiven(given);
  await unlock();
  expect(given).toHaveBeenCalledWith(JOB);
  expect(warn).not.toHaveBeenCalled();
});

it('tells of a lock that could not be given back, and rejects with nothing', async () => {
  const err = new Error('Cannot use a pool after calling end on the pool');
  const { unlock, warn } = forgiven(() => Promise.reject(err));
  await expect(unlock()).resolves.toBeUndefined();
  expect(warn).toHaveBeenCalledWith({ err, job: 'sweep' }, expect.stringContaining('ends by itself'));
});
