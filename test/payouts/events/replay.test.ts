// An admin has an event applied once more that was set aside, ignored, or could not be applied.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replayWebhookEvent } from '../../../src/payouts/events/replay.js';
import { addCreator, createWorld, type World } from '../../support/world.js';
import { ADMIN, count, eventOf, made, openAlerts, outcomeOf, payoutOf, receive } from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const replay = (eventId: string) => replayWebhookEvent(world.deps, eventId, ADMIN);

async function audited(eventId: string) {
  const { rows } = await world.db.pool.query(
    'SELECT actor, action, request_id, before, after FROM audit_events WHERE chain = $1 ORDER BY sequence',
    [`webhook:${eventId}`],
  );
  return rows;
}

const record = (outcome: string) => ({
  actor: 'admin@platform',
  action: 'webhook_event_replayed',
  request_id: 'req-of-the-test',
  before: expect.objectContaining({ outcome }),
  after: expect.objectContaining({ outcome: 'pending', error: null, attempts: 0 }),
});

/** An event that was set aside, since Stripe denied its transfer once. */
async function setAside() {
  const one = await made(world);
  const event = eventOf('transfer.paid', one.transfer);
  const match = { method: 'GET', path: `/v1/transfers/${one.transfer.id}` };
  await world.simulator.fault({ fault: 'stripe_error', status: 404, code: 'resource_missing', match });
  expect(await receive(world, event)).toBe('quarantined');
  return { one, event };
}

it('an event that was set aside is applied once its cause is gone, and its alert ends', async () => {
  const { one, event } = await setAside();
  expect(await openAlerts(world, event.id)).toHaveLength(1);
  await replay(event.id);
  expect(await outcomeOf(world, event.id)).toBe('applied');
  expect((await payoutOf(world, one.id)).status).toBe('COMPLETED');
  expect(await openAlerts(world, event.id)).toEqual([]);
  expect(await audited(event.id)).toEqual([record('quarantined')]);
});

it('an event that is set aside again raises its alert once more', async () => {
  const event = eventOf('transfer.created', { ...(await made(world)).transfer, amount: 1 });
  await receive(world, event);
  await replay(event.id);
  expect(await outcomeOf(world, event.id)).toBe('quarantined');
  expect(await openAlerts(world, event.id)).toMatchObject([{ occurrences: 2 }]);
});

it('an event of an account that was nobody’s is applied once it is somebody’s', async () => {
  const creator = await addCreator(world);
  const account = { id: 'acct_linked_later', object: 'account', capabilities: { transfers: 'inactive' } };
  const event = eventOf('account.updated', account);
  expect(await receive(world, event)).toBe('ignored');
  await world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [
    creator.id,
    account.id,
  ]);
  await replay(event.id);
  const { rows } = await world.db.pool.query('SELECT transfers_enabled FROM creators WHERE id = $1', [
    creator.id,
  ]);
  expect(rows).toEqual([{ transfers_enabled: false }]);
  expect(await audited(event.id)).toEqual([record('ignored')]);
});

it('an event that was applied is refused: each is applied at most once', async () => {
  const one = await made(world);
  const event = eventOf('transfer.created', one.transfer);
  await receive(world, event);
  const before = [await payoutOf(world, one.id), await count(world, 'audit_events')];
  await expect(replay(event.id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
  expect([await payoutOf(world, one.id), await count(world, 'audit_events')]).toEqual(before);
});

it('an event that nobody knows is told so', async () => {
  await expect(replay('evt_unknown')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('an event that cannot be applied now waits', async () => {
  const { one, event } = await setAside();
  await world.simulator.fault({ fault: 'html_502', match: { method: 'GET' } });
  await replay(event.id);
  expect(await outcomeOf(world, event.id)).toBe('pending');
  expect((await payoutOf(world, one.id)).status).toBe('PROCESSING');
});

it('two admins at once apply it once', async () => {
  const { one, event } = await setAside();
  const answers = await Promise.allSettled([replay(event.id), replay(event.id)]);
  expect(answers.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(await outcomeOf(world, event.id)).toBe('applied');
  expect(await payoutOf(world, one.id)).toMatchObject({ status: 'COMPLETED', version: 3 });
});
