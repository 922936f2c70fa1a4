// Those who watch a run: told at once how it stands, then of each change, by one reading for all of them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunFeed, type RunFeed } from '../../src/live/run-feed.js';
import { watchedLog } from '../support/canary.js';

interface Thing {
  id: string;
  at: number;
}

const PAUSE_MS = 50;
const LAST = 9;

let things: Map<string, number>;
let readings: string[][];
let failures: number;
let wake: () => void;
let listening: number;
let feed: RunFeed<Thing>;

beforeEach(() => {
  [things, readings, failures, listening] = [new Map([['a', 1]]), [], 0, 0];
  feed = createRunFeed<Thing>({
    wakeup: {
      send: () => wake(),
      listen(heard) {
        listening += 1;
        wake = heard;
        return () => {
          listening -= 1;
        };
      },
      check: null,
      close: async () => undefined,
    },
    async read(ids) {
      readings.push([...ids]);
      if (failures-- > 0) throw new Error('the database is away');
      return ids.map((id) => (things.has(id) ? { id, at: things.get(id) ?? 0 } : null));
    },
    hasEnded: ({ at }) => at === LAST,
    log: watchedLog(),
    pollMs: 60_000,
    pauseMs: PAUSE_MS,
  });
});
afterEach(() => feed.stop());

function change(at: number): void {
  things.set('a', at);
  wake();
}

const next = async (watcher: AsyncIterator<Thing>) => (await watcher.next()).value?.at ?? null;

describe('who watches', () => {
  it('is told how it stands, then of each change, and then that it has ended', async () => {
    const watcher = feed.watch('a');
    expect(await next(watcher)).toBe(1);
    change(2);
    expect(await next(watcher)).toBe(2);
    change(LAST);
    expect(await next(watcher)).toBe(LAST);
    expect(await watcher.next()).toEqual({ value: undefined, done: true });
    expect([feed.watchers, listening]).toEqual([0, 0]);
  });

  it('hears nothing of what has not changed', async () => {
    const watcher = feed.watch('a');
    expect(await next(watcher)).toBe(1);
    const told = next(watcher);
    wake();
    await expect.poll(() => readings.length).toBe(2);
    change(3);
    expect(await told).toBe(3);
  });

  it('of what has ended is told once, and of what does not exist not at all', async () => {
    things.set('a', LAST);
    const [ended, none] = [feed.watch('a'), feed.watch('b')];
    expect(await next(ended)).toBe(LAST);
    expect((await ended.next()).done).toBe(true);
    expect((await none.next()).done).toBe(true);
  });

  it('and comes later is told how it stands, also where nothing has changed since', async () => {
    expect(await next(feed.watch('a'))).toBe(1);
    expect(await next(feed.watch('a'))).toBe(1);
  });

  it('is told after a reading that failed', async () => {
    failures = 1;
    const told = next(feed.watch('a'));
    await expect.poll(() => readings.length).toBe(1);
    wake();
    expect(await told).toBe(1);
  });

  it('hears no more once it has gone', async () => {
    const watcher = feed.watch('a');
    await watcher.return?.();
    expect([feed.watchers, listening]).toEqual([0, 0]);
    expect((await watcher.next()).done).toBe(true);
  });

  it('is let go when the feed stops, and nobody is taken on then', async () => {
    const watcher = feed.watch('a');
    expect(await next(watcher)).toBe(1);
    await feed.stop();
    expect((await watcher.next()).done).toBe(true);
    expect((await feed.watch('a').next()).done).toBe(true);
  });
});

describe('the readings', () => {
  it('are one for all who watch, of all that is watched', async () => {
    things.set('b', 5);
    const watchers = Array.from({ length: 50 }, (_, i) => feed.watch(i % 2 ? 'a' : 'b'));
    await Promise.all(watchers.map((watcher) => watcher.next()));
    const before = readings.length;
    change(2);
    await Promise.all(watchers.filter((_, i) => i % 2).map((watcher) => watcher.next()));
    expect(readings.slice(before)).toEqual([['b', 'a']]);
  });

  it('are few, however often it changes, and the last change is told', async () => {
    const watcher = feed.watch('a');
    await watcher.next();
    const began = performance.now();
    for (let at = 2; at < 2 + 500; at++) {
      change(at + LAST);
      if (at % 100 === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    let heard = 0;
    while (heard !== 501 + LAST) heard = (await next(watcher)) ?? 0;
    const most = (performance.now() - began) / PAUSE_MS + 3;
    expect(readings.length).toBeLessThan(most);
  });
});
