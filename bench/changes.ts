// Changes that are heard of: new payouts, written by the engine's own statement in a process that is not measured.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createWakeup } from '../src/live/wakeup.js';
import { createLogger } from '../src/observability/logger.js';
import { insertPayouts } from '../src/payouts/apply.js';
import { creatorOf } from './fill.js';
import { now } from './statistics.js';

export interface Changes {
  /**
   * One payout for each, all of one transaction. @returns what commits it, and then tells those who listen; with the time
   * in between (milliseconds since 1970)
   */
  prepare(creatorIds: readonly string[]): Promise<() => Promise<number>>;
  close(): Promise<void>;
}

/** Payouts of one statement. */
const PIECE = 200;

export async function openChanges(databaseUrl: string, redisUrl: string): Promise<Changes> {
  const db = new pg.Client({ connectionString: databaseUrl });
  const wakeup = createWakeup(redisUrl, createLogger('silent'));
  await db.connect();
  const prepare: Changes['prepare'] = async (creatorIds) => {
    await db.query('BEGIN');
    for (let i = 0; i < creatorIds.length; i += PIECE) {
      await insertPayouts(db, creatorIds.slice(i, i + PIECE).map(payoutFor), { name: 'the benchmark' });
    }
    return async () => {
      await db.query('COMMIT');
      const at = now();
      wakeup.send();
      return at;
    };
  };
  await warmUp(db, prepare);
  return {
    prepare,
    async close() {
      await wakeup.close();
      await db.end();
    },
  };
}

/** Tables that Postgres believes to be empty are read from end to end by each row's checks. */
async function warmUp(db: pg.Client, prepare: Changes['prepare']): Promise<void> {
  const commit = await prepare(Array.from({ length: 2_000 }, (_, n) => creatorOf(1 + n)));
  await commit();
  await db.query('ANALYZE');
}

const payoutFor = (creatorId: string) => ({
  id: `b${randomBytes(12).toString('hex')}`,
  creatorId,
  royaltyStatementId: null,
  amountCents: 500,
  currency: 'usd',
  approvalAboveCents: null,
});
