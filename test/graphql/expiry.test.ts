// A stream over HTTP lives no longer than the token that opened it.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../../src/graphql/expiry.js';
import { BoundedQueue } from '../../src/live/queue.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { openStream } from './sse.js';

describe('a source that may be read until a moment', () => {
  const tooLate = () => new Error('too late');

  function source(ms: number) {
    const onEnd = vi.fn();
    const queue = new BoundedQueue<number>(10, onEnd);
    return { queue, onEnd, reader: until(queue, Date.now() + ms, tooLate) };
  }

  test('is read as it is before', async () => {
    const { queue, reader } = source(60_000);
    queue.push(1);
    expect(await reader.next()).toEqual({ value: 1, done: false });
    const waiting = reader.next();
    queue.push(2);
    expect(await waiting).toEqual({ value: 2, done: false });
    await reader.return?.();
  });

  test('tells the reader that waits, then is at its end, and has let go of the source', async () => {
    const { reader, onEnd } = source(20);
    await expect(reader.next()).rejects.toThrow('too late');
    expect((await reader.next()).done).toBe(true);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  test('tells a reader that comes later, and gives it nothing more', async () => {
    const { queue, reader, onEnd } = source(0);
    queue.push(1);
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalled());
    await expect(reader.next()).rejects.toThrow('too late');
    expect((await reader.next()).done).toBe(true);
  });

  test('that was left before is simply at its end', async () => {
    const { reader } = source(20);
    const waiting = reader.next();
    await reader.return?.();
    expect((await waiting).done).toBe(true);
    expect((await reader.next()).done).toBe(true);
  });

  test('a moment further away than a timer can be is not now', async () => {
    const { reader, onEnd } = source(2 ** 40);
    const waiting = reader.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(onEnd).not.toHaveBeenCalled();
    await reader.return?.();
    expect((await waiting).done).toBe(true);
  });
});

describe('over SSE', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  test('a subscription ends with UNAUTHENTICATED when its token expires, and not before', async () => {
    const began = Date.now();
    const token = await app.token(ADMIN, 2);
    const stream = await openStream(
      app.url,
      { query: 'subscription { payoutStatusChanged { cursor } }' },
      token,
    );
    const seen = [];
    for await (const { errors } of stream) seen.push(errors?.[0]?.extensions);
    expect(seen).toEqual([{ code: 'UNAUTHENTICATED', requestId: expect.any(String) }]);
    // Tokens count whole seconds.
    expect(Date.now() - began).toBeGreaterThan(900);
    expect(Date.now() - began).toBeLessThan(4_000);
  });
});
