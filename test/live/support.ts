// What the tests of the live log share: a database, payouts that change, and the log as it is.
import cuid from '@bugsnag/cuid';
import { connect, type Database, type Queryable } from '../../src/db/connect.js';
import type { PayoutStatus } from '../../src/generated/prisma/enums.js';
import { createCursors, readCursorKey } from '../../src/live/cursors.js';
import type { LogEntry } from '../../src/live/log.js';
import { createWakeup, type Wakeup } from '../../src/live/wakeup.js';
import { applyTransition, insertPayouts } from '../../src/payouts/apply.js';
import type { TransitionCause } from '../../src/payouts/transitions.js';
import { watchedLog } from '../support/canary.js';
import { createTestDatabase } from '../support/database.js';

export const silent = watchedLog();
const ACTOR = { name: 'the live tests' };

export interface LiveWorld {
  url: string;
  db: Database;
  /** One more pool on the same database: another instance. */
  another(): Database;
  close(): Promise<void>;
}

export async function createLiveWorld(): Promise<LiveWorld> {
  const database = await createTestDatabase();
  const pools: Database[] = [];
  const another = () => {
    const db = connect({ url: database.url, poolSize: 5, onError: () => undefined });
    pools.push(db);
    return db;
  };
  const db = another();
  return {
    url: database.url,
    db,
    another,
    async close() {
      for (const pool of pools) await pool.close();
      await database.drop();
    },
  };
}

export async function newCreator(db: Queryable): Promise<string> {
  const id = cuid();
  await db.query(
    `INSERT INTO creators (id, external_id, display_name, email, updated_at) VALUES ($1, $1, $1, $1, now())`,
    [id],
  );
  return id;
}

/** Makes so many payouts in one statement; answers their ids. */
export async function insert(db: Queryable, creatorId: string, count = 1): Promise<string[]> {
  const payouts = Array.from({ length: count }, () => ({
    id: cuid(),
    creatorId,
    royaltyStatementId: null,
    amountCents: 500,
    currency: 'usd',
    approvalAboveCents: null,
  }));
  return (await insertPayouts(db, payouts, ACTOR)).map(({ id }) => id);
}

/** A payout may go round in this circle for ever. */
const CIRCLE: Partial<Record<PayoutStatus, { on: TransitionCause; to: PayoutStatus }>> = {
  PENDING: { on: 'claimed', to: 'PROCESSING' },
  PROCESSING: { on: 'transfer_refused', to: 'FAILED' },
  FAILED: { on: 'retry_requested', to: 'PENDING' },
};

/** Takes a payout one step further; answers the status it has then. */
export async function change(db: Queryable, payoutId: string, from: PayoutStatus): Promise<PayoutStatus> {
  const step = CIRCLE[from];
  if (!step) throw new Error(`${from} is not in the circle`);
  await applyTransition(db, step.on, [{ payoutId, from }], ACTOR);
  return step.to;
}

/** Wake-ups inside this process. */
export const localWakeup = (): Wakeup => createWakeup(undefined, silent);

export const nameOf = (entry: Pick<LogEntry, 'payoutId' | 'version'>): string =>
  `${entry.payoutId}:${entry.version}`;

/** The names of all entries of one creator, in the log's order, as the table has them. */
export async function logOf(db: Queryable, creatorId: string): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT payout_id || ':' || version AS name FROM payout_events WHERE creator_id = $1
     ORDER BY log_xid, id`,
    [creatorId],
  );
  return rows.map(({ name }) => name);
}

/** The changes of one creator's payouts as clients are told them, in the log's order, as the table has them. */
export async function changesOf(db: Queryable, creatorId: string): Promise<ToldChange[]> {
  const { rows } = await db.query<{ xid: string; id: string; reference: string; status: string }>(
    `SELECT log_xid AS xid, id, payout_id AS reference, to_status AS status FROM payout_events
     WHERE creator_id = $1 ORDER BY log_xid, id`,
    [creatorId],
  );
  const cursors = createCursors(await readCursorKey(db));
  return rows.map(({ xid, id, ...change }) => ({
    cursor: cursors.encode({ xid: BigInt(xid), id: BigInt(id) }),
    ...change,
  }));
}

export interface ToldChange {
  cursor: string;
  reference: string;
  status: string;
}

/** The names of the next `count` entries. */
export async function take(stream: AsyncIterator<LogEntry>, count: number): Promise<string[]> {
  const names: string[] = [];
  while (names.length < count) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`the stream ended after ${names.length} of ${count}`);
    names.push(nameOf(value));
  }
  return names;
}
