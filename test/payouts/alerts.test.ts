// Alerts: one for each cause, open while the cause lasts, acknowledged by whoever saw it first.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acknowledgeAlert, type NewAlert, raiseAlert, resolveAlert } from '../../src/payouts/alerts.js';
import { retryPayout } from '../../src/payouts/retry.js';
import { createWorld, type World } from '../support/world.js';
import { ADMIN, alertsOf, openAlerts, pay, spoil, work } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

let keys = 0;
/** An alert about something of its own. */
const newAlert = (): NewAlert => ({
  rule: 'platform_balance_low',
  key: `key-${++keys}`,
  message: 'The balance is low.',
});

async function raised(): Promise<{ alert: NewAlert; id: string }> {
  const alert = newAlert();
  await raiseAlert(world.db.pool, alert);
  const [row] = await openAlerts(world, alert.key);
  return { alert, id: row?.id ?? '' };
}

const rowOf = async (id: string) =>
  (await world.db.pool.query('SELECT * FROM alerts WHERE id = $1', [id])).rows[0];

describe('an alert', () => {
  it('is raised once for each cause, and says the latest of it', async () => {
    const { alert, id } = await raised();
    await raiseAlert(world.db.pool, { ...alert, message: 'It is lower still.', details: { cents: 3 } });
    expect(await openAlerts(world, alert.key)).toMatchObject([
      { id, message: 'It is lower still.', occurrences: 2 },
    ]);
    expect((await rowOf(id)).details).toEqual({ cents: 3 });
    await raiseAlert(world.db.pool, { ...alert, rule: 'failure_rate_high' });
    expect(await openAlerts(world, alert.key)).toHaveLength(2);
  });

  it('is one although many raise it at once', async () => {
    const alert = newAlert();
    await Promise.all(Array.from({ length: 10 }, () => raiseAlert(world.db.pool, alert)));
    expect(await openAlerts(world, alert.key)).toMatchObject([{ occurrences: 10 }]);
  });

  it('is resolved once, and raised anew when the cause comes back', async () => {
    const { alert, id } = await raised();
    const resolve = () => resolveAlert(world.db.pool, alert.rule, alert.key);
    expect([await resolve(), await resolve()]).toEqual([true, false]);
    expect(await openAlerts(world, alert.key)).toEqual([]);
    expect((await rowOf(id)).resolved_at).toBeInstanceOf(Date);
    await raiseAlert(world.db.pool, alert);
    const [again] = await openAlerts(world, alert.key);
    expect(again).toMatchObject({ occurrences: 1 });
    expect(again?.id).not.toBe(id);
  });
});

describe('acknowledging', () => {
  const audited = async (id: string) =>
    (
      await world.db.pool.query(
        'SELECT actor, action, request_id, before, after FROM audit_events WHERE chain = $1',
        [`alert:${id}`],
      )
    ).rows;

  it('says who takes care, and leaves the alert open', async () => {
    const { alert, id } = await raised();
    await acknowledgeAlert(world.db.pool, id, ADMIN);
    await raiseAlert(world.db.pool, alert);
    expect(await openAlerts(world, alert.key)).toMatchObject([{ id }]);
    expect(await rowOf(id)).toMatchObject({ acknowledged_by: 'admin@platform', resolved_at: null });
    expect(await audited(id)).toEqual([
      {
        actor: 'admin@platform',
        action: 'alert_acknowledged',
        request_id: 'req-of-the-test',
        before: { rule: alert.rule, key: alert.key, acknowledgedBy: null },
        after: { rule: alert.rule, key: alert.key, acknowledgedBy: 'admin@platform' },
      },
    ]);
  });

  it('counts for the first one only, also at once', async () => {
    const { id } = await raised();
    const names = ['first', 'second', 'third'];
    await Promise.all(names.map((name) => acknowledgeAlert(world.db.pool, id, { name })));
    const by = (await rowOf(id)).acknowledged_by;
    await acknowledgeAlert(world.db.pool, id, { name: 'late' });
    expect((await rowOf(id)).acknowledged_by).toBe(by);
    expect(await audited(id)).toMatchObject([{ actor: by }]);
  });

  it('of an alert that does not exist is told so', async () => {
    await expect(acknowledgeAlert(world.db.pool, 'no-such-alert', ADMIN)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('max_retries_exceeded', () => {
  const NO_RETRIES = { retries: { maxRetries: 0, delaysMs: [] } };

  async function refused(code: string): Promise<string> {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'stripe_error', code });
    await work(world, 'claimed', NO_RETRIES);
    return id;
  }

  it('is raised with the last refusal that could have passed by itself, and ends with a retry', async () => {
    const id = await refused('balance_insufficient');
    expect(await alertsOf(world, id)).toMatchObject([{ rule: 'max_retries_exceeded', key: id, open: true }]);
    await retryPayout(world.deps, id, ADMIN);
    expect(await alertsOf(world, id)).toMatchObject([{ open: false }]);
    await work(world);
    expect(await alertsOf(world, id)).toHaveLength(1);
  });

  it('is not raised for a refusal that no retry would have mended', async () => {
    expect(await alertsOf(world, await refused('amount_too_large'))).toEqual([]);
  });

  it('is not raised while a retry follows', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'stripe_error', code: 'balance_insufficient' });
    await work(world);
    expect(await alertsOf(world, id)).toEqual([]);
  });
});
