// Telling a channel of alerts: nothing is lost and nothing overtaken, whatever the channel answers and whoever dies.
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Channel, channelId, type Notice, type Outcome } from '../../src/notify/alerts/channel.js';
import { claimNotice } from '../../src/notify/alerts/claim.js';
import { createPagerDutyChannel } from '../../src/notify/alerts/pagerduty.js';
import { unreadChannels } from '../../src/notify/alerts/plan.js';
import { post } from '../../src/notify/alerts/post.js';
import { sendAlerts } from '../../src/notify/alerts/send.js';
import { createSlackChannel } from '../../src/notify/alerts/slack.js';
import type { Logger } from '../../src/observability/logger.js';
import { acknowledgeAlert, raiseAlert, resolveAlert } from '../../src/payouts/alerts.js';
import { ADMIN, NEVER } from '../payouts/support.js';
import { advance } from '../support/clock.js';
import { createWorld, openClient, type World } from '../support/world.js';
import {
  type Endpoint,
  type Event,
  type Message,
  ROUTING_KEY,
  startPagerDuty,
  startSlack,
} from './endpoints.js';

const RULE = 'payout_stuck';
const HOUR_MS = 3_600_000;

let world: World;
let pagerDuty: Endpoint<Event>;
let slack: Endpoint<Message>;
/** One that nobody has told anything yet, as a service has that has been running for a while. */
let pager: Channel;
let chat: Channel;
/** Lines of the log at `warn` and `error`. */
let lines: { level: string; line: object; text: string }[];

beforeAll(async () => {
  [world, pagerDuty, slack] = await Promise.all([
    createWorld({ ownClock: true }),
    startPagerDuty(),
    startSlack(),
  ]);
  pager = createPagerDutyChannel({ routingKey: ROUTING_KEY, url: pagerDuty.url });
  chat = createSlackChannel(slack.url);
});
beforeEach(async () => {
  lines = [];
  for (const endpoint of [pagerDuty, slack]) {
    Object.assign(endpoint, { taken: [], requests: 0, failures: [], down: null });
  }
  await world.db.pool.query('DELETE FROM alerts');
  await world.db.pool.query('DELETE FROM alert_channels');
  for (const channel of [pager, chat]) await send(channel);
});
afterAll(() => Promise.all([world.close(), pagerDuty.close(), slack.close()]));

const writing =
  (level: string) =>
  (line: object, text: string): void =>
    void lines.push({ level, line, text });

function send(channel: Channel, signal = NEVER): Promise<number> {
  const log = { ...world.deps.log, warn: writing('warn'), error: writing('error') } as unknown as Logger;
  return sendAlerts({ pool: world.db.pool, log, updateEveryMs: HOUR_MS }, channel, signal);
}

const raise = (key: string, message = 'Look here.') =>
  raiseAlert(world.db.pool, { rule: RULE, key, message });
const resolve = (key: string) => resolveAlert(world.db.pool, RULE, key);
const pass = (ms: number) => advance(world.databaseUrl, ms);

async function acknowledge(key: string): Promise<void> {
  const { rows } = await world.db.pool.query('SELECT id FROM alerts WHERE key = $1', [key]);
  await acknowledgeAlert(world.db.pool, rows[0].id, ADMIN);
}

/** `trigger a`: what PagerDuty was told, in order. */
const heard = () =>
  pagerDuty.taken.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key.split(':').at(-1)}`);

const states = async (channel: Channel) =>
  (
    await world.db.pool.query<{ step: string; state: string; error: string | null }>(
      `SELECT step, state, error FROM alert_deliveries WHERE channel = $1 ORDER BY created_at, step`,
      [channel.id],
    )
  ).rows;

/** A channel of the test's own; it says what `tell` says. */
const ownChannel = (tell: (notice: Notice) => Promise<Outcome>): Channel => {
  return { name: 'pagerduty', id: channelId('pagerduty', 'own'), tell };
};

test('an alert is told step by step, each once, however often somebody looks', async () => {
  await raise('a');
  expect([await send(pager), await send(pager)]).toEqual([1, 0]);
  await acknowledge('a');
  expect([await send(pager), await send(pager)]).toEqual([1, 0]);
  await resolve('a');
  expect([await send(pager), await send(pager)]).toEqual([1, 0]);
  expect(heard()).toEqual(['trigger a', 'acknowledge a', 'resolve a']);
  expect(new Set(pagerDuty.taken.map(({ dedup_key }) => dedup_key)).size).toBe(1);
});

test('of an open alert that changes it is told at most once in the interval, as it stands then', async () => {
  await raise('a');
  await send(pager);
  for (const message of ['Worse.', 'Worse still.']) {
    await raise('a', message);
    await send(pager);
  }
  expect(heard()).toEqual(['trigger a']);
  await pass(HOUR_MS);
  await send(pager);
  expect(pagerDuty.taken.at(-1)).toMatchObject({
    event_action: 'trigger',
    payload: { summary: expect.stringContaining('Worse still.'), custom_details: { occurrences: 3 } },
  });
  await pass(HOUR_MS);
  expect(await send(pager)).toBe(0);
  await raise('a', 'Worst.');
  await send(pager);
  expect(heard()).toEqual(['trigger a', 'trigger a', 'trigger a']);
});

test('what changes while it is being told is told later', async () => {
  const own = ownChannel(async ({ alert }) => {
    if (alert.occurrences === 1) {
      await raise('a', 'Changed meanwhile.');
      // Another worker reads of it, and leaves it to the one that is at it.
      expect(await send(own)).toBe(0);
    }
    told.push(alert.message);
    return { kind: 'sent' };
  });
  const told: string[] = [];
  await raise('a');
  await send(own);
  await pass(HOUR_MS);
  await send(own);
  expect(told).toEqual(['Look here.', 'Changed meanwhile.']);
});

test('somebody who takes care is not told again and again', async () => {
  await raise('a');
  await send(pager);
  await raise('a');
  await send(pager);
  await acknowledge('a');
  await raise('a');
  await pass(2 * HOUR_MS);
  await send(pager);
  expect(heard()).toEqual(['trigger a', 'acknowledge a']);
});

test('one that was over before anybody was told is told as both, and wakes nobody', async () => {
  await raise('a');
  await resolve('a');
  await send(pager);
  expect(heard()).toEqual(['trigger a', 'resolve a']);
  expect(pagerDuty.taken[0]).toMatchObject({
    payload: { severity: 'info', summary: expect.stringContaining('Over by now') },
  });
});

test('an alert that comes back is another incident, and the end of the old one does not end it', async () => {
  await raise('a');
  await resolve('a');
  await raise('a');
  await send(pager);
  const [first, last] = [pagerDuty.taken[0]?.dedup_key, pagerDuty.taken.at(-1)?.dedup_key];
  expect(heard().sort()).toEqual(['resolve a', 'trigger a', 'trigger a']);
  expect(pagerDuty.taken.filter((one) => one.event_action === 'resolve')).toHaveLength(1);
  expect(first).not.toBe(last);
});

test('a channel that is down loses nothing, keeps the order, and holds up no other', async () => {
  pagerDuty.down = { status: 503 };
  await raise('a');
  await send(pager);
  expect(pagerDuty.requests).toBe(1);
  // It is left alone for a while.
  await raise('b');
  expect(await send(pager)).toBe(0);
  expect(pagerDuty.requests).toBe(1);
  expect(await send(chat)).toBe(2);
  await resolve('a');
  await pass(1_001);
  await send(pager);
  expect(pagerDuty.requests).toBe(2);
  pagerDuty.down = null;
  await pass(300_000);
  await send(pager);
  await pass(300_000);
  await send(pager);
  expect(heard().filter((one) => one.endsWith('a'))).toEqual(['trigger a', 'resolve a']);
  expect(heard()).toContain('trigger b');
  expect(lines).toContainEqual({
    level: 'warn',
    line: expect.objectContaining({ channel: 'pagerduty', why: 'HTTP 503' }),
    text: expect.stringContaining('trying again'),
  });
});

test('an answer that does not come ends in time, and nothing of it hangs on others', async () => {
  pagerDuty.down = { hang: true };
  const impatient = ownChannel(() => post(pagerDuty.url, {}, 300));
  await raise('a');
  const waiting = send(impatient);
  expect(await send(chat)).toBe(1);
  await waiting;
  expect(await states(impatient)).toEqual([{ step: 'raised', state: 'waiting', error: 'TimeoutError' }]);
});

test('an endpoint that nobody listens at is asked again', async () => {
  const away = await startSlack();
  await away.close();
  const channel = createSlackChannel(away.url);
  await raise('a');
  await send(channel);
  expect(await states(channel)).toEqual([{ step: 'raised', state: 'waiting', error: 'ECONNREFUSED' }]);
});

test('Retry-After is kept to', async () => {
  slack.failures = [{ status: 429, headers: { 'retry-after': '120' } }];
  await raise('a');
  await send(chat);
  await pass(119_000);
  await send(chat);
  expect(slack.requests).toBe(1);
  await pass(2_000);
  await send(chat);
  expect(slack.taken).toHaveLength(1);
});

test('one notice that the channel chokes on does not hold up the others', async () => {
  const own = ownChannel(async ({ alert }) => {
    told.push(alert.key);
    return alert.key === 'bad' ? { kind: 'later', why: 'HTTP 500' } : { kind: 'sent' };
  });
  const told: string[] = [];
  await raise('bad');
  await send(own);
  await raise('good');
  for (const pauseMs of [1_000, 2_000]) {
    await pass(pauseMs + 1);
    await send(own);
  }
  expect(told).toEqual(['bad', 'bad', 'good', 'bad']);
});

test('what a channel refuses for good is said in the log, stays to be seen, and is not sent again', async () => {
  slack.down = { status: 404 };
  await raise('a');
  await send(chat);
  slack.down = null;
  await resolve('a');
  await send(chat);
  expect(slack.requests).toBe(1);
  expect(await states(chat)).toEqual([
    { step: 'raised', state: 'refused', error: 'HTTP 404' },
    { step: 'resolved', state: 'skipped', error: null },
  ]);
  expect(lines).toEqual([
    {
      level: 'error',
      line: expect.objectContaining({ channel: 'slack', why: 'HTTP 404' }),
      text: expect.stringContaining('refused'),
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain('canary');
  // What comes next is tried again.
  await raise('b');
  await send(chat);
  expect(slack.taken).toHaveLength(1);
});

test('many workers at once tell each step once', async () => {
  for (const key of ['a', 'b', 'c', 'd', 'e']) await raise(key);
  for (const key of ['a', 'b']) await resolve(key);
  await Promise.all(Array.from({ length: 6 }, () => send(pager)));
  await send(pager);
  expect([...heard()].sort()).toEqual(
    ['resolve a', 'resolve b', 'trigger a', 'trigger b', 'trigger c', 'trigger d', 'trigger e'].sort(),
  );
});

test('while one worker tells of an alert, no other tells what comes after', async () => {
  const told: string[] = [];
  const gate = new EventEmitter();
  const own = ownChannel(async ({ step }) => {
    if (step === 'raised') await once(gate, 'open');
    told.push(step);
    return { kind: 'sent' };
  });
  await raise('a');
  const slow = send(own);
  await expect.poll(async () => (await claims(own)).length).toBe(1);
  await resolve('a');
  expect(await send(own)).toBe(0);
  gate.emit('open');
  await slow;
  await send(own);
  expect(told).toEqual(['raised', 'resolved']);
});

const claims = async (channel: Channel) =>
  (
    await world.db.pool.query('SELECT 1 FROM alert_deliveries WHERE channel = $1 AND lease_until > now()', [
      channel.id,
    ])
  ).rows;

test('a worker that dies after it has told leaves it to another, which tells it once more', async () => {
  await raise('a');
  const notice = await planned();
  await pager.tell(notice);
  // Nobody writes it down. Until the lease ends it is the dead one's.
  expect(await send(pager)).toBe(0);
  await pass(60_001);
  await send(pager);
  expect(heard()).toEqual(['trigger a', 'trigger a']);
  expect(new Set(pagerDuty.taken.map(({ dedup_key }) => dedup_key)).size).toBe(1);
});

/** Written down and taken up, and no more. */
async function planned(): Promise<Notice> {
  pagerDuty.down = { status: 503 };
  await send(pager);
  pagerDuty.down = null;
  await pass(300_001);
  const notice = await claimNotice(world.db.pool, pager.id);
  if (!notice) throw new Error('nothing was taken up');
  return notice;
}

test('a worker that comes back late writes nothing over another one’s', async () => {
  const gate = new EventEmitter();
  const frozen = once(gate, 'open').then((): Outcome => ({ kind: 'refused', why: 'HTTP 404' }));
  const answers = [frozen];
  const own = ownChannel(() => answers.shift() ?? Promise.resolve({ kind: 'sent' }));
  await raise('a');
  const slow = send(own);
  await expect.poll(async () => (await claims(own)).length).toBe(1);
  await pass(60_001);
  expect(await send(own)).toBe(1);
  gate.emit('open');
  expect(await slow).toBe(0);
  expect((await states(own)).map(({ state }) => state)).toEqual(['sent']);
});

test('a channel that is new is told what is open now, and nothing of what was', async () => {
  await raise('gone');
  await resolve('gone');
  await raise('open');
  const fresh = createPagerDutyChannel({
    routingKey: [...ROUTING_KEY].reverse().join(''),
    url: pagerDuty.url,
  });
  await send(fresh);
  expect(heard()).toEqual(['trigger open']);
  await resolve('open');
  await send(fresh);
  expect(heard()).toEqual(['trigger open', 'resolve open']);
});

test('a channel that was turned off for days is told what is open now, and the end of what it knows', async () => {
  await raise('known');
  await send(pager);
  await resolve('known');
  await raise('missed');
  await resolve('missed');
  await raise('open');
  await pass(25 * HOUR_MS);
  await send(pager);
  expect(heard().sort()).toEqual(['resolve known', 'trigger known', 'trigger open']);
});

test('an alert whose transaction commits late is told all the same', async () => {
  const late = await openClient(world);
  await late.query('BEGIN');
  await raiseAlert(late, { rule: RULE, key: 'late', message: 'Look here.' });
  await raise('early');
  await send(pager);
  await late.query('COMMIT');
  await late.end();
  await send(pager);
  expect(heard()).toEqual(['trigger early', 'trigger late']);
});

test('a database that was loaded into another server goes on telling', async () => {
  await world.db.pool.query(`UPDATE alert_channels SET since = '4000000000:4000000000:'`);
  await raise('a');
  await send(pager);
  expect(heard()).toEqual(['trigger a']);
});

test('whoever asks whether there is something to tell is told which channel', async () => {
  const unread = () => unreadChannels(world.db.pool, [pager.id, chat.id]);
  expect(await unread()).toEqual([]);
  await raise('a');
  expect((await unread()).sort()).toEqual([chat.id, pager.id].sort());
  await send(pager);
  expect(await unread()).toEqual([chat.id]);
});

test('a worker that is stopped begins nothing new', async () => {
  await raise('a');
  const stopped = new AbortController();
  stopped.abort();
  expect(await send(pager, stopped.signal)).toBe(0);
  expect(pagerDuty.requests).toBe(0);
});

test('Slack takes no link and no mention from what an alert says', async () => {
  await raise('a', `<!channel> & <https://example.com|click>${'x'.repeat(5_000)}`);
  await send(chat);
  expect(slack.taken[0]?.text).toContain('&lt;!channel&gt; &amp; &lt;https');
});
