// Whenever a subscriber is cut off, and however often: with its last cursor it goes on where it was, and has in the end
// each change exactly once, in the log's order, while transactions commit out of order. On both transports.
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOfLog } from '../../src/live/log.js';
import { globalId } from '../graphql/ask.js';
import { type LiveEdge, openLiveEdge } from '../graphql/live-edge.js';
import { RawSocket } from '../graphql/raw-socket.js';
import { openEvents } from '../graphql/sse.js';
import type { Operation } from '../support/running-app.js';
import { change, changesOf, insert, newCreator, type ToldChange } from './support.js';

const WRITERS = 3;

let edge: LiveEdge;
let token: string;
let writers: pg.Client[];

beforeAll(async () => {
  edge = await openLiveEdge();
  token = await edge.token();
  writers = Array.from({ length: WRITERS }, () => new pg.Client({ connectionString: edge.world.url }));
  await Promise.all(writers.map((writer) => writer.connect()));
});
afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.end()));
  await edge.close();
});

/** One connection: it hands on what it is told until it is cut. */
type Connect = (
  operation: Operation,
  after: string,
  onChange: (change: ToldChange) => void,
) => Promise<() => void>;

/** Its history is looked up, which takes a moment. */
const QUERY = `subscription ($of: ID!, $after: String) {
  payoutStatusChanged(filter: { creatorId: $of }, after: $after) {
    cursor status payout { reference history { cursor } } } }`;

interface Told {
  payoutStatusChanged: { cursor: string; status: string; payout: { reference: string } };
}

const changeOf = ({ payoutStatusChanged: { cursor, status, payout } }: Told): ToldChange => ({
  cursor,
  reference: payout.reference,
  status,
});

const overSocket: Connect = async (operation, after, onChange) => {
  const one = await RawSocket.signedIn(edge.url, token);
  let cut = false;
  one.socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data));
    if (type === 'next' && !cut) onChange(changeOf(payload.data));
  });
  one.subscribe('1', { ...operation, variables: { ...operation.variables, after } });
  return () => {
    cut = true;
    one.socket.terminate();
  };
};

const overEvents: Connect = async (operation, after, onChange) => {
  const { events, abort } = await openEvents(edge.url, operation, token, { 'last-event-id': after });
  let cut = false;
  const read = async () => {
    for await (const { id, data } of events) {
      if (cut) return;
      // The id is what a browser gives back.
      onChange({ ...changeOf(data), cursor: id ?? 'none' });
    }
  };
  // Cut off is what it is here to be.
  void read().catch(() => undefined);
  return () => {
    cut = true;
    abort();
  };
};

class Subscriber {
  readonly seen: ToldChange[] = [];
  readonly #connect: Connect;
  readonly #operation: Operation;
  #after: string;
  #cut: () => void = () => undefined;

  constructor(connect: Connect, operation: Operation, after: string) {
    this.#connect = connect;
    this.#operation = operation;
    this.#after = after;
  }

  async comeBack(): Promise<void> {
    this.#cut();
    this.#cut = await this.#connect(this.#operation, this.#after, (change) => {
      this.seen.push(change);
      this.#after = change.cursor;
    });
  }

  leave(): void {
    this.#cut();
    this.#cut = () => undefined;
  }
}

type Step =
  | { do: 'write'; writer: number; count: number }
  | { do: 'commit' | 'rollback'; writer: number }
  | { do: 'leave' | 'come back'; who: number }
  | { do: 'wait' };

const SUBSCRIBERS = 4;
const writer = fc.nat(WRITERS - 1);
const who = fc.nat(SUBSCRIBERS - 1);
const stepArb: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      writer,
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const), writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const), writer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('come back' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);

/** What one writer has under way. */
interface Work {
  client: pg.Client;
  open: boolean;
  /** Its payouts that may still change: the committed ones, and those of its transaction. */
  pending: string[];
  made: string[];
  changed: string[];
}

/** Transactions of several writers: begun when they write, ended when the steps say so. */
class Writers {
  readonly #creatorId: string;
  readonly #works: Work[] = writers.map((client) => ({
    client,
    open: false,
    pending: [],
    made: [],
    changed: [],
  }));

  constructor(creatorId: string) {
    this.#creatorId = creatorId;
  }

  /** Makes payouts, and changes one that it made before. */
  async write(number: number, count: number): Promise<void> {
    const work = this.#works[number] as Work;
    if (!work.open) await work.client.query('BEGIN');
    work.open = true;
    work.made.push(...(await insert(work.client, this.#creatorId, count)));
    const id = work.pending.pop();
    if (id === undefined) return;
    work.changed.push(id);
    await change(work.client, id, 'PENDING');
  }

  async end(number: number, how: 'commit' | 'rollback'): Promise<void> {
    const work = this.#works[number] as Work;
    if (!work.open) return;
    await work.client.query(how);
    work.pending.push(...(how === 'commit' ? work.made : work.changed));
    Object.assign(work, { open: false, made: [], changed: [] });
    edge.wakeup.send();
  }

  async commitAll(): Promise<void> {
    for (let number = WRITERS - 1; number >= 0; number--) await this.end(number, 'commit');
  }
}

async function play(connect: Connect, steps: readonly Step[]): Promise<void> {
  const creatorId = await newCreator(edge.world.db.pool);
  const beginning = edge.cursors.encode(await endOfLog(edge.world.db.pool));
  const operation = { query: QUERY, variables: { of: globalId('Creator', creatorId) } };
  const subscribers = Array.from(
    { length: SUBSCRIBERS },
    () => new Subscriber(connect, operation, beginning),
  );
  const writing = new Writers(creatorId);
  try {
    for (const step of steps) await take(step, writing, subscribers);
    await writing.commitAll();
    await Promise.all(subscribers.map((one) => one.comeBack()));
    const log = await changesOf(edge.world.db.pool, creatorId);
    for (const { seen } of subscribers) {
      await expect.poll(() => seen.length, { interval: 5 }).toBeGreaterThanOrEqual(log.length);
      expect(seen).toEqual(log);
    }
  } finally {
    for (const one of subscribers) one.leave();
    await writing.commitAll();
  }
}

async function take(step: Step, writing: Writers, subscribers: readonly Subscriber[]): Promise<void> {
  if (step.do === 'write') await writing.write(step.writer, step.count);
  else if (step.do === 'commit' || step.do === 'rollback') await writing.end(step.writer, step.do);
  else if (step.do === 'leave') subscribers[step.who]?.leave();
  else if (step.do === 'come back') await subscribers[step.who]?.comeBack();
  else await Promise.race(subscribers.map((one) => somethingNew(one)));
}

/** Or nothing, for as long as a reading of the log takes. */
async function somethingNew(one: Subscriber): Promise<void> {
  const before = one.seen.length;
  for (let look = 0; look < 20 && one.seen.length === before; look++)
    await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('a subscriber that is cut off at any moment', () => {
  it.each([
    ['a socket', overSocket],
    ['server-sent events', overEvents],
  ])(
    'sees each change exactly once and in order over %s',
    async (_, connect) => {
      await fc.assert(
        fc.asyncProperty(fc.array(stepArb, { minLength: 15, maxLength: 40 }), (steps) =>
          play(connect, steps),
        ),
        { numRuns: 10, endOnFailure: true },
      );
      await expect.poll(() => [edge.open.streams.open, edge.listening()]).toEqual([0, 0]);
    },
    60_000,
  );
});
