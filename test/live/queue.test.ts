// The queue of one subscriber: in order, bounded, and over once.
import { describe, expect, it, vi } from 'vitest';
import { LatestQueue } from '../../src/live/latest.js';
import { BoundedQueue, SlowReaderError } from '../../src/live/queue.js';

const DONE = { value: undefined, done: true };

function queueOf(limit: number) {
  const onEnd = vi.fn();
  return { queue: new BoundedQueue<number>(limit, onEnd), onEnd };
}

describe('a bounded queue', () => {
  it('hands on what was pushed, in order, whether the reader or the writer is first', async () => {
    const { queue } = queueOf(5);
    queue.push(1);
    queue.push(2);
    expect([await queue.next(), await queue.next()].map(({ value }) => value)).toEqual([1, 2]);
    const waiting = queue.next();
    queue.push(3);
    queue.push(4);
    expect([await waiting, await queue.next()].map(({ value }) => value)).toEqual([3, 4]);
  });

  it('holds as many as its limit, and not one more', async () => {
    const { queue, onEnd } = queueOf(2);
    queue.push(1);
    queue.push(2);
    expect(onEnd).not.toHaveBeenCalled();
    queue.push(3);
    expect(onEnd).toHaveBeenCalledTimes(1);
    await expect(queue.next()).rejects.toThrow(SlowReaderError);
    expect(await queue.next()).toEqual(DONE);
  });

  it('does not count what a waiting reader takes at once', async () => {
    const { queue } = queueOf(1);
    const waiting = queue.next();
    queue.push(1);
    queue.push(2);
    expect((await waiting).value).toBe(1);
    expect((await queue.next()).value).toBe(2);
  });

  it('drops what waits when it fails, and says so once', async () => {
    const { queue, onEnd } = queueOf(5);
    queue.push(1);
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    queue.push(2);
    await expect(queue.next()).rejects.toThrow('first');
    expect(await queue.next()).toEqual(DONE);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('tells the reader that waits', async () => {
    const { queue } = queueOf(5);
    const waiting = queue.next();
    queue.fail(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(await queue.next()).toEqual(DONE);
  });

  it('ends when its reader returns, also while it waits', async () => {
    const { queue, onEnd } = queueOf(5);
    const waiting = queue.next();
    expect(await queue.return()).toEqual(DONE);
    expect(await waiting).toEqual(DONE);
    await queue.return();
    queue.push(1);
    expect(await queue.next()).toEqual(DONE);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('forgets what was not read when its reader returns', async () => {
    const { queue } = queueOf(5);
    queue.push(1);
    await queue.return();
    expect(await queue.next()).toEqual(DONE);
  });

  it('ends when its reader throws into it', async () => {
    const { queue, onEnd } = queueOf(5);
    await expect(queue.throw(new Error('mine'))).rejects.toThrow('mine');
    expect(await queue.next()).toEqual(DONE);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });
});

describe('a queue of the latest', () => {
  it('tells a reader that is too slow what it can do: it has no cursor', async () => {
    const queue = new LatestQueue<{ id: string }>(1, vi.fn());
    for (const id of ['a', 'a', 'b']) queue.push({ id });
    const error = await queue.next().catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(SlowReaderError);
    expect(String(error)).toMatch(
      /: Too many changes wait to be read\. Subscribe again, then read the list\.$/,
    );
  });
});
