// A group, and each of its members: whatever comes while the past is read or while a frame is computed, everybody gets
// all that follows its place, each once and in order; and what everybody gets is computed once.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Compute, Group } from '../../src/live/group.js';
import { type Interest, isFor, Listeners } from '../../src/live/interest.js';
import { isBefore, type LogEntry, type Position } from '../../src/live/log.js';
import { BoundedQueue, type Sink, SlowReaderError } from '../../src/live/queue.js';
import type { Relay } from '../../src/live/relay.js';

const LIMIT = 4;

/** A log in memory; the test says when its past may be read. */
class Log {
  readonly entries: LogEntry[] = [];
  readonly listeners = new Listeners();
  /** How many listen. */
  listening = 0;
  past: Promise<void> = Promise.resolve();
  #now = 0;

  readonly relay = {
    position: () => placeOf(this.#now),
    listen: (listener) => {
      this.listening += 1;
      const leave = this.listeners.add(listener);
      return () => {
        this.listening -= 1;
        leave();
      };
    },
    past: (interest, after, until) => this.#read(interest, after, until),
  } as Pick<Relay, 'position' | 'listen' | 'past'> as Relay;

  /** Logs the next change, and hands it on. */
  tell(creatorId = 'ann'): number {
    this.#now += 1;
    const entry = { position: placeOf(this.#now), creatorId, version: this.#now } as LogEntry;
    this.entries.push(entry);
    this.listeners.deliver(entry);
    return this.#now;
  }

  async *#read(interest: Interest, after: Position, until: Position): AsyncGenerator<LogEntry> {
    await this.past;
    for (const entry of [...this.entries])
      if (isBefore(after, entry.position) && !isBefore(until, entry.position) && isFor(interest, entry))
        yield entry;
  }
}

const placeOf = (number: number): Position => ({ xid: 7n, id: BigInt(number) });

/** A reader that takes all at once. */
class Reader implements Sink<number> {
  readonly seen: number[] = [];
  error: Error | null = null;
  ended = false;
  push = (frame: number) => void this.seen.push(frame);
  room = () => undefined;
  fail = (error: Error) => {
    this.error = error;
  };
  end = () => {
    this.ended = true;
  };
}

/** A moment that the test ends. */
function moment() {
  let pass = () => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { passed, pass };
}

/** Everything that waits for nothing but its turn has had it. */
const settled = () => new Promise(setImmediate);

let log: Log;
beforeEach(() => {
  log = new Log();
});

const numberOf = (entry: LogEntry) => entry.version;

function groupOf(compute: Compute<number> = numberOf, interest: Interest = { accepts: () => true }) {
  const onEmpty = vi.fn();
  const group = new Group<number>({ relay: log.relay, interest, compute, limit: LIMIT, onEmpty });
  const join = (after?: number) => {
    const reader = new Reader();
    return { reader, member: group.join(reader, after === undefined ? undefined : placeOf(after)) };
  };
  return { group, join, onEmpty };
}

const tell = (count: number) => Array.from({ length: count }, () => log.tell());

describe('a member', () => {
  it('without a place hears what comes from now on', () => {
    tell(2);
    const { reader } = groupOf().join();
    tell(2);
    expect(reader.seen).toEqual([3, 4]);
  });

  it.each([0, 1, 2, 3])(
    'that was at %i of 3 gets the rest and what came meanwhile, each once',
    async (at) => {
      const reading = moment();
      log.past = reading.passed;
      tell(3);
      const { reader } = groupOf().join(at);
      tell(2);
      expect(reader.seen).toEqual([]);
      reading.pass();
      await settled();
      tell(1);
      expect(reader.seen).toEqual([1, 2, 3, 4, 5, 6].slice(at));
    },
  );

  it('whose cursor is ahead of this instance is not told again what it has seen', async () => {
    tell(2);
    const { reader } = groupOf().join(4);
    tell(4);
    await settled();
    expect(reader.seen).toEqual([5, 6]);
  });

  it('is told of the past only as fast as it reads, and what comes then waits behind it', async () => {
    tell(3);
    const room = moment();
    const reader = Object.assign(new Reader(), { room: () => room.passed });
    groupOf().group.join(reader, placeOf(0));
    tell(1);
    await settled();
    expect(reader.seen).toEqual([]);
    room.pass();
    await settled();
    expect(reader.seen).toEqual([1, 2, 3, 4]);
  });

  it('that reads no past in time is told so; the others are not held up', async () => {
    const reading = moment();
    log.past = reading.passed;
    tell(1);
    const { join } = groupOf();
    const [slow, live] = [join(0), join()];
    tell(LIMIT);
    expect(slow.reader.error).toBeNull();
    tell(1);
    expect(slow.reader.error).toBeInstanceOf(SlowReaderError);
    reading.pass();
    await settled();
    expect([slow.reader.seen, live.reader.seen]).toEqual([[], [2, 3, 4, 5, 6]]);
  });

  it('that leaves while its past is read hears nothing more', async () => {
    const reading = moment();
    log.past = reading.passed;
    tell(3);
    const { join } = groupOf();
    const { reader, member } = join(0);
    member.leave();
    member.leave();
    reading.pass();
    tell(1);
    await settled();
    expect(reader).toMatchObject({ seen: [], error: null, ended: false });
  });

  it('whose past cannot be read is told why, and nobody else', async () => {
    log.past = Promise.reject(new Error('the database is away'));
    tell(1);
    const { join } = groupOf();
    const [coming, live] = [join(0), join()];
    await settled();
    expect(coming.reader.error).toEqual(new Error('the database is away'));
    tell(1);
    expect(live.reader).toMatchObject({ seen: [2], error: null });
  });

  it('that is a queue nobody reads ends with what it could not take, and the group goes on', async () => {
    const { group, join } = groupOf();
    const member = group.join(new BoundedQueue<number>(2, () => member.leave()));
    const other = join();
    tell(4);
    expect(log.listening).toBe(1);
    expect(other.reader.seen).toEqual([1, 2, 3, 4]);
  });
});

describe('what takes time to compute', () => {
  /** Computes when the test says so, in any order. */
  function slowly() {
    const moments = new Map<number, ReturnType<typeof moment>>();
    const momentOf = (version: number) => {
      const one = moments.get(version) ?? moment();
      moments.set(version, one);
      return one;
    };
    const compute = vi.fn(async ({ version }: LogEntry) => {
      await momentOf(version).passed;
      return version;
    });
    return { compute, finish: (version: number) => momentOf(version).pass() };
  }

  it('is handed on in the log’s order, also what is ready at once', async () => {
    const { compute, finish } = slowly();
    const { reader } = groupOf((entry) => (entry.version === 2 ? 2 : compute(entry))).join();
    tell(3);
    await settled();
    expect(reader.seen).toEqual([]);
    finish(1);
    await settled();
    expect(reader.seen).toEqual([1, 2]);
    finish(3);
    await settled();
    tell(1);
    finish(4);
    await settled();
    expect(reader.seen).toEqual([1, 2, 3, 4]);
  });

  it('reaches those who came meanwhile once: as their past', async () => {
    const { compute, finish } = slowly();
    const { join } = groupOf(compute);
    const first = join();
    tell(2);
    const [behind, now] = [join(1), join()];
    for (const version of [1, 2]) finish(version);
    await settled();
    tell(1);
    await settled();
    finish(3);
    await settled();
    expect([first, behind, now].map(({ reader }) => reader.seen)).toEqual([[1, 2, 3], [2, 3], [3]]);
    expect(compute).toHaveBeenCalledTimes(3);
  });

  it('may fall behind as far as the limit; then its readers are told to come again', async () => {
    const { compute } = slowly();
    const { join, onEmpty } = groupOf(compute);
    const readers = [join().reader, join().reader];
    tell(LIMIT);
    expect(readers.map(({ error }) => error)).toEqual([null, null]);
    tell(1);
    for (const { error } of readers) expect(error).toBeInstanceOf(SlowReaderError);
    expect([log.listening, onEmpty.mock.calls.length]).toEqual([0, 1]);
  });

  it('of those who have left does not disturb those who come after them', async () => {
    const { compute, finish } = slowly();
    const { join } = groupOf(compute);
    const before = join();
    tell(1);
    before.member.leave();
    const { reader } = join();
    tell(2);
    for (const version of [1, 3, 2]) {
      finish(version);
      await settled();
    }
    expect([before.reader.seen, reader.seen]).toEqual([[], [2, 3]]);
  });

  it('and fails is told to all of the group, also when it fails at once', async () => {
    for (const failing of [true, false]) {
      const compute = (): Promise<number> => {
        if (failing) throw new Error('it broke');
        return Promise.reject(new Error('it broke'));
      };
      const [broken, whole] = [groupOf(compute), groupOf()];
      const readers = [broken.join().reader, broken.join().reader];
      const other = whole.join().reader;
      const number = log.tell();
      await settled();
      expect(readers.map(({ error }) => error?.message)).toEqual(['it broke', 'it broke']);
      expect(other.seen).toEqual([number]);
      expect(log.listening).toBe(failing ? 1 : 2);
    }
  });
});

describe('a group of many', () => {
  it('computes each entry once, also for those who come back', async () => {
    const compute = vi.fn(numberOf);
    const { join } = groupOf(compute);
    const readers = Array.from({ length: 100 }, () => join().reader);
    tell(3);
    readers.push(...[0, 0, 0].map((at) => join(at).reader));
    await settled();
    tell(1);
    for (const { seen } of readers) expect(seen).toEqual([1, 2, 3, 4]);
    expect(compute).toHaveBeenCalledTimes(4);
  });

  it('listens once, and not any more when the last one has left', () => {
    const { join, onEmpty } = groupOf();
    const members = [join(), join(), join(0)].map(({ member }) => member);
    expect(log.listening).toBe(1);
    for (const member of members.slice(1)) member.leave();
    expect([log.listening, onEmpty.mock.calls.length]).toEqual([1, 0]);
    members[0]?.leave();
    members[0]?.leave();
    expect([log.listening, onEmpty.mock.calls.length]).toEqual([0, 1]);
  });

  it('ends for all of them when the log ends', () => {
    const { join, onEmpty } = groupOf();
    const readers = [join().reader, join(0).reader];
    log.listeners.end();
    expect(readers.map(({ ended, error }) => [ended, error])).toEqual([
      [true, null],
      [true, null],
    ]);
    expect([log.listening, onEmpty.mock.calls.length]).toEqual([0, 1]);
  });
});

describe('the listeners', () => {
  it('of a thousand creators: a change asks its own and those who hear all', () => {
    const asked: string[] = [];
    const creators = Array.from({ length: 1_000 }, (_, i) => `creator-${i}`);
    const ask = (name: string) => () => asked.push(name) > 0;
    const ours = creators.map((creatorId) =>
      groupOf(numberOf, { creatorId, accepts: ask(creatorId) }).join(),
    );
    const all = groupOf(numberOf, { accepts: ask('all') }).join();
    log.tell('creator-500');
    log.tell('nobody');
    expect(asked).toEqual(['all', 'creator-500', 'all']);
    expect(all.reader.seen).toEqual([1, 2]);
    expect(ours.map(({ reader }) => reader.seen).filter(({ length }) => length > 0)).toEqual([[1]]);
    expect(ours[500]?.reader.seen).toEqual([1]);
  });

  it('may leave and come in the middle of a change', () => {
    const [first, second] = [groupOf().join(), groupOf()];
    const leaving = groupOf().join();
    leaving.reader.push = () => {
      leaving.member.leave();
      second.join();
    };
    tell(2);
    expect(first.reader.seen).toEqual([1, 2]);
    expect(log.listening).toBe(2);
  });

  it('are not asked what they do not want', () => {
    const { reader } = groupOf(numberOf, {
      creatorId: 'ann',
      accepts: ({ version }) => version % 2 === 0,
    }).join();
    for (const creatorId of ['ann', 'ann', 'bob', 'bob']) log.tell(creatorId);
    expect(reader.seen).toEqual([2]);
  });
});
