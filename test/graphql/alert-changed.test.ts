// Alerts as they change, through two instances and over both transports: whoever listens to one hears what the other did.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { raiseAlert, resolveAlert } from '../../src/payouts/alerts.js';
import { ADMIN, type Operation, type QueryResult, type RunningApp, runApp } from '../support/running-app.js';
import { asAdmin, createPayout, globalId, signedInCreator } from './ask.js';
import { openStream } from './sse.js';

const RULE = 'payout_stuck';
const WATCH: Operation = {
  query:
    'subscription { alertChanged { id rule key occurrences acknowledgedBy resolvedAt payout { status } } }',
};

let one: RunningApp;
let other: RunningApp;
beforeAll(async () => {
  // No worker: it would resolve alerts whose cause is gone.
  const settings = { ROLE: 'api', REDIS_URL: inject('redisUrl') };
  one = await runApp(settings);
  other = await runApp({ ...settings, DATABASE_URL: one.world.databaseUrl });
});
afterAll(async () => {
  await other.close();
  await one.close();
});

interface Heard {
  key: string;
  occurrences: number;
  acknowledgedBy: string | null;
  resolvedAt: string | null;
  payout: { status: string } | null;
}

/** What is heard of the alert with this key. */
async function watch(app: RunningApp, transport: 'WebSocket' | 'SSE', key: string) {
  const token = await app.token(ADMIN);
  const stream =
    transport === 'SSE' ? await openStream(app.url, WATCH, token) : app.socket(token).iterate({ ...WATCH });
  const heard: Heard[] = [];
  void collect(stream as AsyncIterable<Pick<QueryResult, 'data'>>, key, heard).catch(() => undefined);
  return heard;
}

async function collect(stream: AsyncIterable<Pick<QueryResult, 'data'>>, key: string, heard: Heard[]) {
  for await (const { data } of stream) if (data.alertChanged.key === key) heard.push(data.alertChanged);
}

const ACKNOWLEDGE = `mutation ($id: ID!) {
  acknowledgeAlert(input: { alertId: $id }) { ... on AcknowledgeAlertPayload { alert { id } } } }`;

test('raised, updated, acknowledged, resolved: heard in order through both instances, over both transports', async () => {
  const creator = await signedInCreator(one);
  const { payout } = await createPayout(one, { creatorId: creator.id });
  const key = randomUUID();
  const { pool } = one.world.db;
  const all = await Promise.all([
    ...[watch(one, 'WebSocket', key), watch(one, 'SSE', key)],
    ...[watch(other, 'WebSocket', key), watch(other, 'SSE', key)],
  ]);
  const raise = () => raiseAlert(pool, { rule: RULE, key, message: 'Look.', payoutId: payout.reference });
  const acknowledge = async () => {
    const { rows } = await pool.query('SELECT id FROM alerts WHERE key = $1', [key]);
    await asAdmin(one, ACKNOWLEDGE, { id: globalId('Alert', rows[0].id) });
  };
  const resolve = async () => {
    await pool.query(`UPDATE payouts SET status = 'PROCESSING' WHERE id = $1`, [payout.reference]);
    await resolveAlert(pool, RULE, key);
  };
  for (const [i, step] of [raise, raise, acknowledge, resolve].entries()) {
    await step();
    await expect.poll(() => all.map(({ length }) => length)).toEqual(all.map(() => i + 1));
  }
  const open = { key, resolvedAt: null, payout: { status: 'PENDING' } };
  for (const heard of all) {
    expect(heard).toMatchObject([
      { ...open, occurrences: 1, acknowledgedBy: null },
      { ...open, occurrences: 2, acknowledgedBy: null },
      { ...open, occurrences: 2, acknowledgedBy: 'admin@platform' },
      { key, resolvedAt: expect.any(String), payout: { status: 'PROCESSING' } },
    ]);
  }
});

test('what is committed late is heard, and what is rolled back is not', async () => {
  const [key, never] = [randomUUID(), randomUUID()];
  const heard = await watch(other, 'SSE', key);
  const nothing = await watch(other, 'SSE', never);
  const [late, undone] = [await one.world.db.pool.connect(), await one.world.db.pool.connect()];
  for (const [db, name] of [[late, key] as const, [undone, never] as const]) {
    await db.query('BEGIN');
    await raiseAlert(db, { rule: RULE, key: name, message: 'Look.' });
  }
  // Others come and are told of meanwhile.
  const meanwhile = randomUUID();
  const others = await watch(other, 'WebSocket', meanwhile);
  await raiseAlert(one.world.db.pool, { rule: RULE, key: meanwhile, message: 'Look.' });
  await expect.poll(() => others.length).toBe(1);
  expect(heard).toEqual([]);
  await undone.query('ROLLBACK');
  await late.query('COMMIT');
  for (const client of [late, undone]) client.release();
  await expect.poll(() => heard.length).toBe(1);
  expect(nothing).toEqual([]);
});
