// Subscriptions as their readers meet them: who asks alike is served together, everybody from a place of its own, for as
// long as its token holds, and no more at once than one user may have.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { isBefore } from '../../src/live/log.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { change, changesOf, insert, newCreator } from '../live/support.js';
import { ADMIN, type Operation } from '../support/running-app.js';
import { creatorViewer, globalId, take } from './ask.js';
import { type LiveEdge, openLiveEdge } from './live-edge.js';
import { RawSocket } from './raw-socket.js';
import { openEvents } from './sse.js';

const PER_USER = 5;
const SOON = { timeout: 10_000, interval: 5 };

let edge: LiveEdge;
let creatorId: string;
const sockets: RawSocket[] = [];
const streams: { abort(): void }[] = [];

beforeAll(async () => {
  edge = await openLiveEdge({ streamsPerUser: PER_USER });
});
beforeEach(async () => {
  creatorId = await newCreator(edge.world.db.pool);
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
  for (const stream of streams.splice(0)) stream.abort();
  vi.restoreAllMocks();
  await opened(0);
});
afterAll(() => edge.close());

/** So many subscriptions are open, in so many groups. */
const opened = (count: number, groups = Math.min(count, 1)) =>
  vi.waitFor(() => {
    expect([edge.open.streams.open, edge.open.groups.size]).toEqual([count, groups]);
  }, SOON);

async function signedIn(viewer: Viewer = ADMIN, seconds?: number): Promise<RawSocket> {
  const socket = await RawSocket.signedIn(edge.url, await edge.token(viewer, seconds));
  sockets.push(socket);
  return socket;
}

async function events(operation: Operation, headers: Record<string, string> = {}, viewer: Viewer = ADMIN) {
  const stream = await openEvents(edge.url, operation, await edge.token(viewer), headers);
  streams.push(stream);
  return stream.events;
}

/** Nobody has subscribed as this one before. */
const somebody = (): Viewer => ({ role: 'ADMIN', sub: `admin-${randomUUID()}` });

/** Its nested field asks the database. */
const WATCH = `subscription Watch($of: ID, $after: String) {
  payoutStatusChanged(filter: { creatorId: $of }, after: $after) { cursor status payout { history { status } } } }`;

const watch = (after?: string, of = creatorId): Operation => ({
  query: WATCH,
  variables: { of: globalId('Creator', of), ...(after !== undefined && { after }) },
});

async function write(count = 1): Promise<string[]> {
  const ids = await insert(edge.world.db.pool, creatorId, count);
  edge.wakeup.send();
  return ids;
}

/** The cursors of all changes of the test's creator, in order. */
async function log(): Promise<string[]> {
  return (await changesOf(edge.world.db.pool, creatorId)).map(({ cursor }) => cursor);
}

/** How often the nested field was executed from now on. */
function countExecutions(): () => number {
  const query = vi.spyOn(edge.world.db.pool, 'query');
  return () =>
    query.mock.calls.filter(([one]) => (one as { name?: string }).name === 'payout-histories').length;
}

const heard = (socket: RawSocket, id: string, count: number) =>
  socket.until(() => socket.messages.filter((one) => one.id === id && one.type === 'next').length >= count);

describe('who asks alike', () => {
  test('is one group, whatever its ids and sockets: executed once, the same payload', async () => {
    const [one, other] = [await signedIn(), await signedIn(somebody())];
    one.subscribe('a', watch());
    one.subscribe('b "quoted"', watch());
    other.subscribe('c', watch());
    await opened(3);
    expect(edge.listening()).toBe(1);
    const executions = countExecutions();
    await write(3);
    await Promise.all([heard(one, 'a', 3), heard(one, 'b "quoted"', 3), heard(other, 'c', 3)]);
    expect(executions()).toBe(3);
    const payloads = (socket: RawSocket, id: string) =>
      socket.messages.filter((message) => message.id === id).map(({ payload }) => payload);
    const first = payloads(one, 'a');
    expect(first.map(({ data }) => data.payoutStatusChanged)).toEqual(
      (await log()).map((cursor) => ({
        cursor,
        status: 'PENDING',
        payout: { history: [{ status: 'PENDING' }] },
      })),
    );
    expect([payloads(one, 'b "quoted"'), payloads(other, 'c')]).toEqual([first, first]);
  });

  test('is one group also over server-sent events, wherever each one begins', async () => {
    await write(2);
    const socket = await signedIn();
    socket.subscribe('from the start', watch(fromTheStart()));
    const stream = await events(watch(fromTheStart()));
    // Until then "now" may be before them: another test's transaction holds the log back for all.
    await heard(socket, 'from the start', 2);
    await take(stream, 2);
    socket.subscribe('from now', watch());
    await opened(3);
    const executions = countExecutions();
    await write();
    await Promise.all([heard(socket, 'from now', 1), heard(socket, 'from the start', 3), take(stream, 1)]);
    expect(executions()).toBe(1);
    const all = await log();
    expect(socket.cursors('from the start')).toEqual(all);
    expect(socket.cursors('from now')).toEqual(all.slice(2));
  });

  test('but has another scope or other variables is apart', async () => {
    const [admin, creator] = [await signedIn(), await signedIn(creatorViewer(creatorId))];
    admin.subscribe('1', watch());
    creator.subscribe('2', watch());
    admin.subscribe('3', watch(undefined, 'somebody else'));
    await opened(3, 3);
    await write();
    await Promise.all([heard(admin, '1', 1), heard(creator, '2', 1)]);
    expect(admin.cursors('3')).toEqual([]);
  });

  test('a literal `after` begins where it says, and shares nothing with another place', async () => {
    await write(3);
    const all = await log();
    const socket = await signedIn();
    const literal = (after: string) => ({
      query: WATCH.replace('after: $after', `after: ${JSON.stringify(after)}`).replace(
        ', $after: String',
        '',
      ),
      variables: { of: globalId('Creator', creatorId) },
    });
    socket.subscribe('1', literal(fromTheStart()));
    socket.subscribe('2', literal(all[1] ?? ''));
    await Promise.all([heard(socket, '1', 3), heard(socket, '2', 1)]);
    await opened(2, 2);
    expect([socket.cursors('1'), socket.cursors('2')]).toEqual([all, all.slice(2)]);
  });

  test('is left by one without the others noticing; the last one’s end ends the group', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    for (const socket of [one, other]) for (const id of ['1', '2']) socket.subscribe(id, watch());
    await opened(4);
    one.send({ id: '1', type: 'complete' });
    await opened(3);
    await write();
    await Promise.all([heard(one, '2', 1), heard(other, '1', 1), heard(other, '2', 1)]);
    expect(one.cursors('1')).toEqual([]);
    other.socket.terminate();
    await opened(1);
    one.send({ id: '2', type: 'complete' });
    await opened(0);
    expect(edge.listening()).toBe(0);
  });

  test('and comes and goes in the same moment leaves no group behind', async () => {
    const socket = await signedIn();
    for (let round = 0; round < 50; round++) {
      socket.subscribe(`${round}`, watch());
      if (round % 2) socket.send({ id: `${round}`, type: 'complete' });
      if (round > 1) socket.send({ id: `${round - 2}`, type: 'complete' });
    }
    socket.send({ id: '48', type: 'complete' });
    await opened(0);
    expect(edge.listening()).toBe(0);
  });
});

describe('server-sent events', () => {
  test('have the cursor of their change as their id', async () => {
    const stream = await events(watch(fromTheStart()));
    await write(2);
    const told = await take(stream, 2);
    expect(told.map(({ id }) => id)).toEqual(await log());
    expect(told.map(({ data }) => data.payoutStatusChanged.cursor)).toEqual(await log());
  });

  test('go on after Last-Event-ID, which is newer than what the operation says', async () => {
    await write(4);
    const all = await log();
    const plain = await events(watch(), { 'last-event-id': all[2] ?? '' });
    const both = await events(watch(fromTheStart()), { 'last-event-id': all[0] ?? '' });
    expect((await take(plain, 1)).map(({ id }) => id)).toEqual(all.slice(3));
    expect((await take(both, 3)).map(({ id }) => id)).toEqual(all.slice(1));
  });
});

const fromTheStart = () => edge.cursors.encode({ xid: 0n, id: 0n });

describe('a cursor that is none of ours', () => {
  test.each([
    ['rubbish', () => 'rubbish'],
    ['of a log that is not this one', () => edge.cursors.encode({ xid: 2n ** 40n, id: 1n })],
  ])('%s: CURSOR_EXPIRED on both transports, and nothing stays open', async (_, made) => {
    const cursor = made();
    const expired = [{ extensions: { code: 'CURSOR_EXPIRED', requestId: expect.any(String) } }];
    const socket = await signedIn();
    socket.subscribe('1', watch(cursor));
    await socket.until(() => socket.messages.length > 0);
    const [{ payload, id } = { payload: null }] = socket.messages;
    expect({ id, errors: payload.errors ?? payload }).toMatchObject({ id: '1', errors: expired });
    for (const stream of [await events(watch(cursor)), await events(watch(), { 'last-event-id': cursor })])
      expect(await take(stream, 1)).toMatchObject([{ errors: expired }]);
    await opened(0);
    socket.subscribe('1', watch(fromTheStart()));
    await write();
    await heard(socket, '1', 1);
  });
});

describe('a fresh token by ping', () => {
  const ping = (socket: RawSocket, token: string) =>
    socket.send({ type: 'ping', payload: { authorization: `Bearer ${token}`, mine: 1 } });

  test('keeps the socket and its subscriptions beyond the first one’s end; it does not come back', async () => {
    const viewer = somebody();
    const [kept, left] = [await signedIn(viewer, 2), await signedIn(viewer, 2)];
    for (const socket of [kept, left]) socket.subscribe('1', watch());
    await opened(2);
    ping(kept, await edge.token(viewer, 600));
    await kept.until(() => kept.messages.length > 0);
    expect(kept.messages).toEqual([{ type: 'pong', payload: { mine: 1 } }]);
    expect(await left.closed).toBe(4403);
    await write();
    await heard(kept, '1', 1);
    await opened(1);
  });

  test('may also be one that ends sooner', async () => {
    const viewer = somebody();
    const socket = await signedIn(viewer);
    ping(socket, await edge.token(viewer, 1));
    expect(await socket.closed).toBe(4403);
  });

  test.each([
    ['another user’s', () => edge.token(somebody())],
    ['the same name’s in another role', () => edge.token({ role: 'CREATOR', sub: ADMIN.sub, creatorId })],
    ['one that has expired', () => edge.token(ADMIN, -1)],
    ['a broken one', async () => 'abc'],
  ])('%s closes it, without an echo', async (_, token) => {
    const socket = await signedIn();
    socket.subscribe('1', watch());
    await opened(1);
    ping(socket, await token());
    expect(await socket.closed).toBe(4403);
    expect(socket.messages).toEqual([]);
  });

  test('before the sign-in closes it', async () => {
    const socket = new RawSocket(edge.url);
    await vi.waitFor(() => expect(socket.socket.readyState).toBe(1), SOON);
    ping(socket, await edge.token());
    expect(await socket.closed).toBe(4403);
  });

  test('is nothing that a ping must bring', async () => {
    const socket = await signedIn();
    socket.send({ type: 'ping' });
    socket.send({ type: 'ping', payload: { mine: 2 } });
    await socket.until(() => socket.messages.length === 2);
    expect(socket.messages).toEqual([{ type: 'pong' }, { type: 'pong', payload: { mine: 2 } }]);
  });
});

describe('one user', () => {
  test('has so many subscriptions, over both transports together, and gets its places back', async () => {
    const viewer = somebody();
    const socket = await signedIn(viewer);
    for (let n = 1; n < PER_USER; n++) socket.subscribe(`${n}`, watch());
    await events(watch(), {}, viewer);
    await opened(PER_USER);
    const refused = { errors: [{ extensions: { code: 'RATE_LIMITED', limit: PER_USER } }] };
    const [over] = await take(await events(watch(), {}, viewer), 1);
    expect(over).toMatchObject(refused);
    socket.subscribe('more', watch());
    await socket.until(() => socket.messages.length > 0);
    const { payload } = socket.messages[0] ?? {};
    expect({ errors: payload.errors ?? payload }).toMatchObject(refused);
    // Another user has places of its own.
    (await signedIn(somebody())).subscribe('1', watch());
    await opened(PER_USER + 1);
    socket.send({ id: '1', type: 'complete' });
    for (const stream of streams.splice(0)) stream.abort();
    await opened(PER_USER - 1);
    for (const id of ['a', 'b']) socket.subscribe(id, watch());
    await opened(PER_USER + 1);
  });

  test('does not lose a place to an operation that is refused', async () => {
    const viewer = creatorViewer(creatorId);
    const socket = await signedIn(viewer);
    for (let n = 0; n <= PER_USER; n++) socket.subscribe(`${n}`, watch('rubbish'));
    await socket.until(() => socket.messages.filter(({ id }) => id).length > PER_USER);
    for (let n = 0; n <= PER_USER; n++) await take(await events(watch('rubbish'), {}, viewer), 1);
    await opened(0);
    socket.subscribe('1', watch());
    await opened(1);
  });

  test('has so many sockets; one more is closed with 4429, until another has gone', async () => {
    const viewer = somebody();
    const open = await Promise.all(Array.from({ length: PER_USER }, () => signedIn(viewer)));
    const over = async () => {
      const socket = new RawSocket(edge.url);
      await vi.waitFor(() => expect(socket.socket.readyState).toBe(1), SOON);
      socket.send({
        type: 'connection_init',
        payload: { authorization: `Bearer ${await edge.token(viewer)}` },
      });
      return socket.closed;
    };
    expect(await over()).toBe(4429);
    await signedIn(somebody());
    open[0]?.socket.close();
    await vi.waitFor(() => expect(edge.open.sockets.open).toBe(PER_USER), SOON);
    await signedIn(viewer);
    expect(await over()).toBe(4429);
  });
});

test('a change of a payout that was there before is told as it was then', async () => {
  const [id = ''] = await write();
  // Told to those who listened then, and to nobody who comes now.
  const { rows } = await edge.world.db.pool.query<{ xid: string; id: string }>(
    'SELECT log_xid AS xid, id FROM payout_events WHERE payout_id = $1',
    [id],
  );
  const end = { xid: BigInt(rows[0]?.xid ?? 0), id: BigInt(rows[0]?.id ?? 0) };
  await vi.waitFor(() => expect(isBefore(edge.relay.position(), end)).toBe(false), SOON);
  const socket = await signedIn();
  socket.subscribe('1', watch());
  await opened(1);
  await change(edge.world.db.pool, id, 'PENDING');
  edge.wakeup.send();
  await heard(socket, '1', 1);
  expect(socket.messages[0]?.payload.data.payoutStatusChanged).toMatchObject({ status: 'PROCESSING' });
});
