// One subscription's results: in a group only while they are read or sent, and over once, whoever ends them.
import { expect, test, vi } from 'vitest';
import { type Frame, frameOf } from '../../src/graphql/streams/frame.js';
import { LiveResults, type ResultsOptions } from '../../src/graphql/streams/results.js';
import { Group } from '../../src/live/group.js';
import type { Listener } from '../../src/live/interest.js';
import type { LogEntry, Position } from '../../src/live/log.js';
import type { Relay } from '../../src/live/relay.js';

const START: Position = { xid: 1n, id: 0n };

/** A log that tells what the test says, to one group. */
function begin(ending: ResultsOptions['ending'] = null) {
  let listener: Listener | null = null;
  const relay = {
    position: () => START,
    listen(one: Listener) {
      listener = one;
      return () => {
        listener = null;
      };
    },
    async *past() {},
  } as unknown as Relay;
  const compute = ({ version }: LogEntry): Frame => frameOf(`${version}`, { data: { version } });
  const make = () => new Group<Frame>({ relay, interest: { accepts: () => true }, compute, limit: 10 });
  const [group, onEnd] = [vi.fn(make), vi.fn()];
  const results = new LiveResults({ group, after: START, limit: 10, ending, onEnd });
  return {
    results,
    group,
    onEnd,
    listens: () => listener !== null,
    tell: (version: number) =>
      listener?.deliver({ version, position: { xid: 1n, id: BigInt(version) } } as LogEntry),
  };
}

const channelOf = () => ({ push: vi.fn(), room: vi.fn(), close: vi.fn() });

test('that end before they are read ask for no group, and have ended for whoever reads them then', async () => {
  const { results, group, onEnd } = begin();
  await results.return();
  await results.return();
  expect((await results.next()).done).toBe(true);
  expect([group.mock.calls.length, onEnd.mock.calls.length]).toEqual([0, 1]);
});

test('that are read come in order, until their reader returns', async () => {
  const { results, onEnd, listens, tell } = begin();
  const first = results.next();
  await new Promise(setImmediate);
  tell(1);
  tell(2);
  const told = [await first, await results.next()];
  expect(told.map(({ value }) => value.data)).toEqual([{ version: 1 }, { version: 2 }]);
  await results.return();
  expect([listens(), onEnd.mock.calls.length]).toEqual([false, 1]);
});

test('that are sent go to the channel, and close it when they end', async () => {
  const { results, onEnd, listens, tell } = begin();
  const channel = channelOf();
  const end = results.sendTo(channel);
  await new Promise(setImmediate);
  tell(1);
  expect(channel.push.mock.calls.map(([frame]) => frame.cursor)).toEqual(['1']);
  expect(channel.close).not.toHaveBeenCalled();
  await end.return?.();
  expect([channel.close.mock.calls.length, onEnd.mock.calls.length, listens()]).toEqual([1, 1, false]);
});

test('end with an error when their time is over, and close the channel', async () => {
  const { results, onEnd, listens } = begin((end) => {
    const timer = setTimeout(() => end(new Error('too late')), 10);
    return () => clearTimeout(timer);
  });
  const channel = channelOf();
  await expect(results.sendTo(channel).next()).rejects.toThrow('too late');
  expect([channel.close.mock.calls.length, onEnd.mock.calls.length, listens()]).toEqual([1, 1, false]);
});
