// How far behind a reader of the log is, by the pages that it reads: the clock stands still unless it is moved.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lag } from '../../src/live/lag.js';
import type { LogEntry, LogPage } from '../../src/live/log.js';

const POLL_MS = 1_000;
let lag: Lag;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  lag = new Lag(POLL_MS);
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** A page whose last entry is so old; null: it has none. */
function page(xid: bigint, ageMs: number | null, waiting = false): LogPage {
  const entry = { occurredAt: new Date(Date.now() - (ageMs ?? 0)) } as LogEntry;
  return { entries: ageMs === null ? [] : [entry], position: { xid, id: 1n }, more: false, waiting };
}

test('it is none while nothing happens and the log is read', () => {
  for (let i = 0; i < 5; i++) {
    pass(POLL_MS);
    expect([lag.lagMs(), lag.unreadMs()]).toEqual([0, 0]);
    lag.note(page(1n, null));
  }
});

test('it is what the last change took, for a minute', () => {
  lag.note(page(1n, 700));
  lag.note(page(2n, null));
  expect(lag.lagMs()).toBe(700);
  lag.note(page(3n, 20));
  expect(lag.lagMs()).toBe(20);
  pass(59_999);
  lag.note(page(4n, null));
  expect(lag.lagMs()).toBe(20);
  pass(1);
  lag.note(page(4n, null));
  expect(lag.lagMs()).toBe(0);
});

test('it grows while nothing can be read, from when it should have been', () => {
  lag.note(page(1n, 30));
  pass(POLL_MS + 4_000);
  expect([lag.lagMs(), lag.unreadMs()]).toEqual([4_000, 4_000]);
  lag.note(page(1n, null));
  expect([lag.lagMs(), lag.unreadMs()]).toEqual([30, 0]);
});

test('it grows while an open transaction holds changes back, although the log is read', () => {
  lag.note(page(5n, null));
  for (let i = 0; i < 3; i++) {
    lag.note(page(5n, null, true));
    pass(500);
  }
  expect([lag.lagMs(), lag.unreadMs()]).toEqual([1_500, 0]);
  lag.note(page(6n, null));
  expect(lag.lagMs()).toBe(0);
});

test('changes that wait a moment for one transaction after another are not held back', () => {
  for (let xid = 1n; xid < 20n; xid++) {
    lag.note(page(xid, 0, true));
    pass(100);
  }
  expect(lag.lagMs()).toBe(0);
});

test('a clock of the database that is ahead makes no lag below none', () => {
  lag.note(page(1n, -50));
  expect(lag.lagMs()).toBe(0);
});
