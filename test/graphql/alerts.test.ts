// Alerts over the wire: admins read and acknowledge them, nobody else learns that there are any.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type NewAlert, raiseAlert, resolveAlert } from '../../src/payouts/alerts.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { asAdmin, createPayout, globalId, onBothTransports, signedInCreator } from './ask.js';

let app: RunningApp;
beforeAll(async () => {
  // No worker: it would resolve alerts whose cause is gone.
  app = await runApp({ ROLE: 'api' });
});
beforeEach(() => app.world.db.pool.query('DELETE FROM alerts'));
afterAll(() => app.close());

/** An open alert, the newest by a second; answers its id in the API. */
async function raise(alert: Partial<NewAlert> = {}): Promise<{ id: string; key: string }> {
  const key = alert.key ?? randomUUID();
  await raiseAlert(app.world.db.pool, { rule: 'payout_stuck', message: 'Look here.', ...alert, key });
  const { pool } = app.world.db;
  await pool.query(`UPDATE alerts SET opened_at = opened_at - interval '1 second' WHERE key <> $1`, [key]);
  const { rows } = await pool.query('SELECT id FROM alerts WHERE key = $1', [key]);
  return { id: globalId('Alert', rows[0].id), key };
}

const resolve = (key: string) => resolveAlert(app.world.db.pool, 'payout_stuck', key);

const ALERTS = `query ($filter: AlertFilter, $first: Int, $after: String, $last: Int, $before: String) {
  alerts(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { key } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

const listed = async (variables: object = {}) => {
  const { alerts } = await asAdmin(app, ALERTS, variables);
  return { ...alerts, keys: alerts.nodes.map((node: { key: string }) => node.key) };
};

test('an alert says what it is about, and how often it was seen', async () => {
  const creator = await signedInCreator(app);
  const { payout } = await createPayout(app, { creatorId: creator.id });
  const about = { key: payout.reference, details: { minutes: 61, seen: [true, null] } };
  await raise({ ...about, payoutId: payout.reference });
  const { id } = await raise({ ...about, payoutId: payout.reference, message: 'Look again.' });
  const query = `query ($id: ID!) { node(id: $id) { ... on Alert {
    rule key message details payout { reference } occurrences openedAt updatedAt acknowledgedAt acknowledgedBy
    resolvedAt } } }`;
  expect((await asAdmin(app, query, { id })).node).toEqual({
    ...{ rule: 'payout_stuck', key: payout.reference, message: 'Look again.', details: about.details },
    ...{ payout: { reference: payout.reference }, occurrences: 2 },
    ...{ openedAt: expect.any(String), updatedAt: expect.any(String) },
    ...{ acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null },
  });
});

describe('the list', () => {
  test('has the newest first, by rule, the open ones or the resolved ones', async () => {
    const old = await raise();
    const gone = await raise();
    await resolve(gone.key);
    const low = await raise({ rule: 'platform_balance_low' });
    expect((await listed()).keys).toEqual([low.key, gone.key, old.key]);
    expect((await listed({ filter: { open: true } })).keys).toEqual([low.key, old.key]);
    expect(await listed({ filter: { open: false } })).toMatchObject({ keys: [gone.key], totalCount: 1 });
    const stuck = { rule: 'payout_stuck', open: true };
    expect(await listed({ filter: stuck })).toMatchObject({ keys: [old.key], totalCount: 1 });
    expect((await listed({ filter: { rule: null, open: null } })).totalCount).toBe(3);
  });

  test('goes forward and back, also among alerts of the same moment', async () => {
    for (let i = 0; i < 5; i += 1) await raise();
    await app.world.db.pool.query('UPDATE alerts SET opened_at = now()');
    const { keys } = await listed();
    const first = await listed({ first: 2 });
    expect(first).toMatchObject({ totalCount: 5, keys: keys.slice(0, 2) });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = await listed({ first: 3, after: first.pageInfo.endCursor });
    expect(second).toMatchObject({ keys: keys.slice(2), pageInfo: { hasNextPage: false } });
    const back = await listed({ last: 2, before: second.pageInfo.startCursor });
    expect(back.keys).toEqual(first.keys);
  });

  test('loses none when an alert leaves it between two pages', async () => {
    const keys = [];
    for (let i = 0; i < 4; i += 1) keys.unshift((await raise()).key);
    const filter = { open: true };
    const { pageInfo } = await listed({ filter, first: 2 });
    await resolve(keys[1] ?? '');
    const rest = await listed({ filter, first: 2, after: pageInfo.endCursor });
    expect(rest.keys).toEqual(keys.slice(2));
  });
});

describe('acknowledgeAlert', () => {
  const ACKNOWLEDGE = `mutation ($alertId: ID!) { acknowledgeAlert(input: { alertId: $alertId }) {
    __typename
    ... on AcknowledgeAlertPayload { alert { id acknowledgedAt acknowledgedBy resolvedAt } }
    ... on Error { code message } } }`;

  test('the first one counts, and the audit has it', async () => {
    const { id } = await raise();
    const { acknowledgeAlert: answer } = await asAdmin(app, ACKNOWLEDGE, { alertId: id });
    expect(answer).toEqual({
      __typename: 'AcknowledgeAlertPayload',
      alert: { id, acknowledgedAt: expect.any(String), acknowledgedBy: 'admin@platform', resolvedAt: null },
    });
    const second = await app.token({ role: 'ADMIN', sub: 'second@platform' });
    const again = await app.query({ query: ACKNOWLEDGE, variables: { alertId: id } }, second);
    expect(again.data.acknowledgeAlert).toEqual(answer);
    const { rows } = await app.world.db.pool.query(
      'SELECT actor, action, request_id IS NOT NULL AS requested FROM audit_events WHERE chain = $1',
      [Buffer.from(id, 'base64').toString().replace('Alert', 'alert')],
    );
    expect(rows).toEqual([{ actor: 'admin@platform', action: 'alert_acknowledged', requested: true }]);
  });

  test('an alert that is not there', async () => {
    const { acknowledgeAlert } = await asAdmin(app, ACKNOWLEDGE, {
      alertId: globalId('Alert', randomUUID()),
    });
    expect(acknowledgeAlert).toEqual({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
      message: 'No such alert. Check the id.',
    });
  });

  test('a creator is refused, and nothing is acknowledged, over both transports', async () => {
    const { id } = await raise();
    const { token } = await signedInCreator(app);
    for (const answer of await onBothTransports(
      app,
      { query: ACKNOWLEDGE, variables: { alertId: id } },
      token,
    )) {
      expect(answer).toMatchObject({
        data: { acknowledgeAlert: null },
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    }
    const query = 'query ($id: ID!) { node(id: $id) { ... on Alert { acknowledgedAt } } }';
    expect((await asAdmin(app, query, { id })).node).toEqual({ acknowledgedAt: null });
  });
});
