// The event log: whatever order transactions begin, write and commit in, a reader that reads on sees every change once,
// and no payout's later change before an earlier one.
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PayoutStatus } from '../../src/generated/prisma/enums.js';
import { endOfLog, isBefore, type LogEntry, type Position, readLog } from '../../src/live/log.js';
import { change, createLiveWorld, insert, type LiveWorld, logOf, nameOf, newCreator } from './support.js';

const SESSIONS = 3;

let world: LiveWorld;
let clients: pg.Client[];
/** A creator for each session: an update of its row takes a transaction id and stands in nobody's way. */
let creators: string[];

beforeAll(async () => {
  world = await createLiveWorld();
  clients = Array.from({ length: SESSIONS }, () => new pg.Client({ connectionString: world.url }));
  await Promise.all(clients.map((client) => client.connect()));
  creators = await Promise.all(clients.map(() => newCreator(world.db.pool)));
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await world.close();
});

/**
 * Reads on from where it was, and keeps what it saw of one creator: what an earlier test wrote may still come, since
 * any transaction on the server holds the whole log back.
 */
class Reader {
  readonly seen: LogEntry[] = [];
  readonly creatorId: string;
  #position: Position;
  constructor(creatorId: string, position: Position) {
    this.creatorId = creatorId;
    this.#position = position;
  }

  async read(limit: number): Promise<boolean> {
    const page = await readLog(world.db.pool, this.#position, limit);
    this.seen.push(...page.entries.filter((entry) => entry.creatorId === this.creatorId));
    this.#position = page.position;
    return page.more || page.waiting;
  }

  async readToTheEnd(): Promise<void> {
    while (await this.read(3));
  }

  names(): string[] {
    return this.seen.map(nameOf);
  }
}

/** From now on, of a creator of its own. */
const newReader = async () => new Reader(await newCreator(world.db.pool), await endOfLog(world.db.pool));

function clientOf(session: number): pg.Client {
  const client = clients[session];
  if (!client) throw new Error(`no session ${session}`);
  return client;
}

/** Takes a transaction id now, whatever is written with it later. */
const takeXid = (session: number) =>
  clientOf(session).query('UPDATE creators SET updated_at = now() WHERE id = $1', [creators[session]]);

describe('a late commit', () => {
  it('is waited for, and what came after it too', async () => {
    const reader = await newReader();
    const late = clientOf(0);
    await late.query('BEGIN');
    const [first] = await insert(late, reader.creatorId);
    const [second] = await insert(world.db.pool, reader.creatorId);
    expect(await reader.read(10)).toBe(true);
    expect(reader.names()).toEqual([]);
    await late.query('COMMIT');
    await reader.readToTheEnd();
    expect(reader.names()).toEqual([`${first}:1`, `${second}:1`]);
  });

  it('of an old transaction, whose change follows that of a newer one, is read after it', async () => {
    const reader = await newReader();
    const [id = ''] = await insert(world.db.pool, reader.creatorId);
    const old = clientOf(0);
    await old.query('BEGIN');
    await takeXid(0);
    await change(world.db.pool, id, 'PENDING');
    await change(old, id, 'PROCESSING');
    await reader.read(10);
    await old.query('COMMIT');
    await reader.readToTheEnd();
    expect(reader.names()).toEqual([`${id}:1`, `${id}:2`, `${id}:3`]);
  });

  it('that never comes is not missed: what was rolled back is not there', async () => {
    const reader = await newReader();
    const late = clientOf(0);
    await late.query('BEGIN');
    await insert(late, reader.creatorId);
    const [kept] = await insert(world.db.pool, reader.creatorId);
    await late.query('ROLLBACK');
    await reader.readToTheEnd();
    expect(reader.names()).toEqual([`${kept}:1`]);
  });
});

it('is read by its index, with much of it to come as with nothing', async () => {
  const { pool } = world.db;
  const creatorId = await newCreator(pool);
  const start = await endOfLog(pool);
  await insert(pool, creatorId, 1_000);
  await pool.query('ANALYZE payout_events');
  const reading = clientOf(0);
  await reading.query('BEGIN');
  for (const from of [start, await endOfLog(pool)]) await readLog(reading, from, 100);
  const { rows } = await reading.query(
    `SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'payout_events'`,
  );
  await reading.query('COMMIT');
  expect(rows).toEqual([{ seq_scan: '0' }]);
});

type Step =
  | { do: 'read'; limit: number }
  | { do: 'xid' | 'insert' | 'commit' | 'rollback'; session: number }
  | { do: 'change'; session: number; pick: number };

const session = fc.nat(SESSIONS - 1);
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('xid' as const), session }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('insert' as const), session }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('change' as const), session, pick: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), session }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const), session }) },
);

interface Payout {
  id: string;
  /** As committed. */
  status: PayoutStatus;
}

interface Transaction {
  /** The statuses of the payouts that it has locked. */
  changed: Map<Payout, PayoutStatus>;
  inserted: string[];
  /** It waits for the transaction that has locked the payout. */
  waits: { on: Transaction; done: Promise<unknown> } | null;
}

/** Several transactions at once. One may wait for another's lock; no two ever for each other. */
class Sessions {
  readonly payouts: Payout[];
  readonly #creatorId: string;
  readonly #open = new Map<number, Transaction>();

  constructor(creatorId: string, ids: readonly string[]) {
    this.#creatorId = creatorId;
    this.payouts = ids.map((id) => ({ id, status: 'PENDING' }));
  }

  async take(step: Exclude<Step, { do: 'read' }>): Promise<void> {
    const transaction = await this.#transactionOf(step.session);
    if (transaction.waits) return;
    if (step.do === 'xid') await takeXid(step.session);
    else if (step.do === 'insert')
      transaction.inserted.push(...(await insert(clientOf(step.session), this.#creatorId)));
    else if (step.do === 'change') await this.#change(step.session, transaction, step.pick);
    else await this.#end(step.session, transaction, step.do === 'commit');
  }

  /** Ends all of them, in the order given by chance of who waits for whom. */
  async commitAll(): Promise<void> {
    while (this.#open.size > 0)
      for (const [number, transaction] of [...this.#open])
        if (!transaction.waits) await this.#end(number, transaction, true);
  }

  async #transactionOf(number: number): Promise<Transaction> {
    const open = this.#open.get(number);
    if (open) return open;
    await clientOf(number).query('BEGIN');
    const transaction: Transaction = { changed: new Map(), inserted: [], waits: null };
    this.#open.set(number, transaction);
    return transaction;
  }

  async #change(number: number, own: Transaction, pick: number): Promise<void> {
    const payout = this.payouts[pick % this.payouts.length];
    if (!payout) return;
    const holder = [...this.#open.values()].find((one) => one !== own && one.changed.has(payout));
    const from = (holder ?? own).changed.get(payout) ?? payout.status;
    if (!holder) {
      own.changed.set(payout, await change(clientOf(number), payout.id, from));
    } else if (!holder.waits && !this.#waitersOf(holder).length) {
      const done = change(clientOf(number), payout.id, from).then((to) => own.changed.set(payout, to));
      own.waits = { on: holder, done };
    }
  }

  #waitersOf(holder: Transaction): Transaction[] {
    return [...this.#open.values()].filter((one) => one.waits?.on === holder);
  }

  async #end(number: number, transaction: Transaction, commit: boolean): Promise<void> {
    const waiters = this.#waitersOf(transaction);
    // Whoever waits for a change counts on it.
    const commits = commit || waiters.length > 0;
    await clientOf(number).query(commits ? 'COMMIT' : 'ROLLBACK');
    this.#open.delete(number);
    if (commits) for (const [payout, status] of transaction.changed) payout.status = status;
    if (commits) this.payouts.push(...transaction.inserted.map((id) => ({ id, status: 'PENDING' as const })));
    for (const waiter of waiters) {
      await waiter.waits?.done;
      waiter.waits = null;
    }
  }
}

function expectVersionsInOrder(entries: readonly LogEntry[]): void {
  const last = new Map<string, number>();
  for (const { payoutId, version } of entries) {
    const before = last.get(payoutId);
    if (before !== undefined) expect(version, payoutId).toBe(before + 1);
    last.set(payoutId, version);
  }
}

describe('any history of open transactions', () => {
  it('is read whole, each change once, the versions of a payout in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepArb, { minLength: 10, maxLength: 40 }), async (steps) => {
        const reader = await newReader();
        const sessions = new Sessions(reader.creatorId, await insert(world.db.pool, reader.creatorId, 3));
        for (const step of steps) {
          if (step.do === 'read') await reader.read(step.limit);
          else await sessions.take(step);
          expectVersionsInOrder(reader.seen);
        }
        await sessions.commitAll();
        await reader.readToTheEnd();
        expect(reader.names()).toEqual(await logOf(world.db.pool, reader.creatorId));
        expectVersionsInOrder(reader.seen);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

it('a position is ordered by transaction, then by id', () => {
  expect(isBefore({ xid: 1n, id: 9n }, { xid: 2n, id: 1n })).toBe(true);
  expect(isBefore({ xid: 2n, id: 1n }, { xid: 2n, id: 2n })).toBe(true);
  expect(isBefore({ xid: 2n, id: 2n }, { xid: 2n, id: 2n })).toBe(false);
  expect(isBefore({ xid: 2n, id: 1n }, { xid: 1n, id: 9n })).toBe(false);
});
