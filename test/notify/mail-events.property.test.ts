// Whatever order transactions begin, write and commit in, and whoever reads the log meanwhile: each event that is told
// becomes one e-mail, those of a payout in their order.
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PayoutStatus } from '../../src/generated/prisma/enums.js';
import { queueEmails } from '../../src/notify/mail-events.js';
import { applyTransition } from '../../src/payouts/apply.js';
import type { TransitionCause } from '../../src/payouts/transitions.js';
import { insert } from '../live/support.js';
import { createWorld, type World } from '../support/world.js';
import { newCreator } from './support.js';

const WRITERS = 3;
let world: World;
let writers: pg.Client[];
beforeAll(async () => {
  world = await createWorld();
  writers = Array.from({ length: WRITERS }, () => new pg.Client({ connectionString: world.databaseUrl }));
  await Promise.all(writers.map((writer) => writer.connect()));
});
afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.end()));
  await world.close();
});

/** What may become of a payout, and the e-mail that tells it. */
const MOVES: Partial<Record<PayoutStatus, readonly Move[]>> = {
  PENDING: [{ on: 'claimed', to: 'PROCESSING', told: () => null }],
  PROCESSING: [
    { on: 'transfer_refused', to: 'FAILED', told: () => 'PAYOUT_FAILED' },
    { on: 'transfer_refused', to: 'FAILED', retryInMs: 60_000, told: () => 'PAYOUT_RETRYING' },
    { on: 'transfer_settled', to: 'COMPLETED', told: () => 'PAYOUT_COMPLETED' },
  ],
  FAILED: [
    { on: 'retry_requested', to: 'PENDING', told: (was) => (was.waits ? null : 'PAYOUT_RETRYING') },
    { on: 'retry_claimed', to: 'PROCESSING', told: () => null },
  ],
  COMPLETED: [{ on: 'transfer_reversed', to: 'FAILED', told: () => 'PAYOUT_FAILED' }],
};

interface Move {
  on: TransitionCause;
  to: PayoutStatus;
  retryInMs?: number;
  /** `waits`: it would have been tried again by itself. */
  told: (was: Standing) => string | null;
}

interface Standing {
  id: string;
  status: PayoutStatus;
  waits: boolean;
  /** The e-mails that were due by then. */
  told: readonly string[];
}

/** What one writer has in its open transaction: nobody else changes it. */
interface Writer {
  client: pg.Client;
  open: boolean;
  committed: Standing[];
  now: Standing[];
}

const writer = fc.nat(WRITERS - 1);
const stepArb = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('insert' as const), writer }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('move' as const), writer, pick: fc.nat(9), which: fc.nat(5) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const), writer }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  },
);
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

async function take(step: Exclude<Step, { do: 'read' }>, own: Writer, creatorId: string): Promise<void> {
  if (step.do === 'commit' || step.do === 'rollback') return end(own, step.do);
  if (!own.open) await own.client.query('BEGIN');
  own.open = true;
  if (step.do === 'insert') {
    const [id = ''] = await insert(own.client, creatorId);
    own.now.push({ id, status: 'PENDING', waits: false, told: ['PAYOUT_INITIATED'] });
  } else {
    const index = step.pick % Math.max(own.now.length, 1);
    const payout = own.now[index];
    if (payout) own.now[index] = await move(own.client, payout, step.which);
  }
}

async function move(client: pg.Client, payout: Standing, which: number): Promise<Standing> {
  const moves = MOVES[payout.status] ?? [];
  const one = moves[which % moves.length];
  if (!one) throw new Error(`${payout.status} leads nowhere`);
  const { on, to, retryInMs, told } = one;
  const transfer = to === 'COMPLETED' ? { transferId: `tr_${payout.id}_${payout.told.length}` } : {};
  await applyTransition(client, on, [{ payoutId: payout.id, from: payout.status, retryInMs, ...transfer }], {
    name: 'the test',
  });
  const email = told(payout);
  const waits = retryInMs !== undefined;
  return { id: payout.id, status: to, waits, told: email ? [...payout.told, email] : payout.told };
}

async function end(own: Writer, how: 'commit' | 'rollback'): Promise<void> {
  if (!own.open) return;
  await own.client.query(how);
  if (how === 'commit') own.committed = own.now;
  own.now = [...own.committed];
  own.open = false;
}

/** To the end of the log: any other transaction on the server holds it back. */
async function readToTheEnd(): Promise<void> {
  for (let read = { more: true, waiting: true }; read.more || read.waiting; )
    read = await queueEmails(world.db.pool, 7);
}

test('each event that is told becomes one e-mail, in the order of the payout’s changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 10, maxLength: 50 }), async (steps) => {
      const { id: creatorId } = await newCreator(world);
      const all: Writer[] = writers.map((client) => ({ client, open: false, committed: [], now: [] }));
      for (const step of steps) {
        if (step.do !== 'read') await take(step, all[step.writer] as Writer, creatorId);
        // Two at once.
        else await Promise.all([step.limit, 3].map((limit) => queueEmails(world.db.pool, limit)));
      }
      for (const own of all.toReversed()) await end(own, 'commit');
      await readToTheEnd();
      const { rows } = await world.db.pool.query<{ id: string; told: string[] }>(
        `SELECT p.id, coalesce(array_agg(e.template::text ORDER BY e.id), '{}') AS told
         FROM payouts p LEFT JOIN emails e ON e.payout_id = p.id WHERE p.creator_id = $1 GROUP BY p.id`,
        [creatorId],
      );
      const due = all.flatMap(({ committed }) => committed.map(({ id, told }) => ({ id, told })));
      const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
      expect(rows.sort(byId)).toEqual(due.sort(byId));
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 60_000);
