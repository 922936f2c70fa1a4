// A creator who is one no more hears no more: its sockets and streams end within seconds, those of the others go on.
import cuid from '@bugsnag/cuid';
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createStanding } from '../../src/graphql/streams/standing.js';
import { creatorsGone } from '../../src/payouts/creators/gone.js';
import { watchedLog } from '../support/canary.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';
import { createPayout, creatorViewer, signedInCreator, take } from './ask.js';
import { type EventStream, openStream } from './sse.js';

const PATIENCE = { timeout: 8_000, interval: 20 };

describe('those who are watched', () => {
  const INTERVAL_MS = 10;
  const log = watchedLog();

  function standing(gone: (ids: readonly string[]) => Promise<string[]>) {
    const ask = vi.fn(gone);
    return { ask, one: createStanding({ gone: ask, intervalMs: INTERVAL_MS, log }) };
  }

  test('are asked for at once, however many there are and however often each has come', async () => {
    const { ask, one } = standing(async () => []);
    const ends = ['a', 'b', 'a', 'c'].map((id) => one.watch(creatorViewer(id), () => undefined));
    await vi.waitFor(() => expect(ask.mock.calls.length).toBeGreaterThan(1), PATIENCE);
    for (const call of ask.mock.calls) expect(call).toEqual([['a', 'b', 'c']]);
    for (const end of ends) end();
  });

  test('are told once, each of them, when their creator has gone; the others are not', async () => {
    let gone: string[] = [];
    const { ask, one } = standing(async () => gone);
    const told: string[] = [];
    for (const name of ['a1', 'a2', 'b1']) {
      one.watch(creatorViewer(name.charAt(0)), () => told.push(name));
    }
    await vi.waitFor(() => expect(ask).toHaveBeenCalled(), PATIENCE);
    expect(told).toEqual([]);
    gone = ['a'];
    const asked = ask.mock.calls.length;
    await vi.waitFor(() => expect(ask.mock.calls.length).toBeGreaterThan(asked + 2), PATIENCE);
    expect(told).toEqual(['a1', 'a2']);
    expect(ask.mock.calls.at(-1)).toEqual([['b']]);
  });

  test('are not asked for when they have left, and nobody is asked for when all have', async () => {
    const { ask, one } = standing(async (ids) => [...ids]);
    const onGone = vi.fn();
    const [first, second] = [one.watch(creatorViewer('a'), onGone), one.watch(creatorViewer('a'), onGone)];
    first();
    first();
    expect(one.size).toBe(1);
    second();
    expect(one.size).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 3 * INTERVAL_MS));
    expect(ask).not.toHaveBeenCalled();
    expect(onGone).not.toHaveBeenCalled();
  });

  test('that come while an answer is on its way are asked for after it, by one question at a time', async () => {
    let underWay = 0;
    let most = 0;
    const { ask, one } = standing(async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 2 * INTERVAL_MS));
      underWay -= 1;
      return [];
    });
    const end = one.watch(creatorViewer('a'), () => undefined);
    await vi.waitFor(() => expect(underWay).toBe(1), PATIENCE);
    end();
    const endOther = one.watch(creatorViewer('b'), () => undefined);
    await vi.waitFor(() => expect(ask.mock.calls.length).toBeGreaterThan(3), PATIENCE);
    expect(ask.mock.calls.slice(1).every(([ids]) => ids.join() === 'b')).toBe(true);
    expect(most).toBe(1);
    endOther();
  });

  test('stay when it cannot be asked, and are asked for again', async () => {
    const onGone = vi.fn();
    const { ask, one } = standing(async (ids) => {
      if (ask.mock.calls.length < 3) throw new Error('no connection');
      return [...ids];
    });
    one.watch(creatorViewer('a'), onGone);
    await vi.waitFor(() => expect(onGone).toHaveBeenCalledOnce(), PATIENCE);
    expect(ask).toHaveBeenCalledTimes(3);
  });

  test('an admin is no creator, and is not asked for', () => {
    const { one } = standing(async (ids) => [...ids]);
    one.watch(ADMIN, () => undefined);
    expect(one.size).toBe(0);
  });
});

describe('over both transports', () => {
  const WATCH = { query: 'subscription { payoutStatusChanged { status } }' };
  const INTERVAL_MS = 5_000;
  let app: RunningApp;
  beforeAll(async () => {
    const later = globalThis.setTimeout;
    // What is asked every five seconds is asked at once.
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms?: number, ...rest: []) =>
      later(work, ms === INTERVAL_MS ? 50 : ms, ...rest)) as typeof setTimeout);
    app = await runApp();
  });
  afterAll(async () => {
    await app.close();
    vi.restoreAllMocks();
  });

  test('a row that is gone or never was is no creator', async () => {
    const [one, other, never] = [await addCreator(app.world), await addCreator(app.world), cuid()];
    await app.world.db.pool.query('DELETE FROM creators WHERE id = $1', [one.id]);
    const gone = await creatorsGone(app.world.db.pool, [one.id, other.id, never]);
    expect(gone.sort()).toEqual([one.id, never].sort());
  });

  test('a socket is closed with 4403, a stream ends with UNAUTHENTICATED; the others hear on', async () => {
    const [leaver, stayer] = [await signedInCreator(app), await signedInCreator(app)];
    const [left, stayed] = [await connect(leaver.token), await connect(stayer.token)];
    const admin = await connect(await app.token(ADMIN));
    await app.world.db.pool.query('DELETE FROM creators WHERE id = $1', [leaver.id]);
    await vi.waitFor(() => expect(left.closed).toEqual([4403]), PATIENCE);
    const [last] = await take(left.stream, 1);
    expect(last?.errors?.[0]).toMatchObject({
      message: 'There is no such creator any more.',
      extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String) },
    });
    expect(await left.stream.next()).toMatchObject({ done: true });
    await createPayout(app, { creatorId: stayer.id });
    for (const { stream, changes, closed } of [stayed, admin]) {
      const first = [{ data: { payoutStatusChanged: { status: 'PENDING' } } }];
      expect([await take(stream, 1), await take(changes, 1), closed]).toEqual([first, first, []]);
    }
    for (const { end } of [left, stayed, admin]) await end();
  }, 15_000);

  /** One who listens over both. */
  async function connect(token: string) {
    const client: Client = app.socket(token);
    const closed: number[] = [];
    client.on('closed', (event) => closed.push((event as CloseEvent).code));
    const changes = client.iterate(WATCH);
    // Answered on the same socket, after the subscription that was asked for before it.
    await take(client.iterate({ query: '{ viewer { role } }' }), 1);
    const stream: EventStream = await openStream(app.url, WATCH, token);
    return {
      closed,
      changes,
      stream,
      async end() {
        stream.abort();
        await client.dispose();
      },
    };
  }
});
