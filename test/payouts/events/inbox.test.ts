// The inbox: every event is stored once and applied at most once, also by several processes at once and after one died.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  applyEvent,
  applyWaiting,
  storeEvent,
  type VerifiedEvent,
} from '../../../src/payouts/events/inbox.js';
import { addCreator, createWorld, openClient, type World } from '../../support/world.js';
import {
  changesOf,
  count,
  eventOf,
  outcomeOf,
  pay,
  payoutOf,
  receive,
  spoil,
  transfersOf,
  work,
} from '../support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** The event of a transfer whose response was lost. */
async function lostTransfer(): Promise<{ id: string; event: VerifiedEvent }> {
  const { id } = await pay(world);
  await spoil(world, id, { fault: 'error_500_after_commit' });
  await work(world);
  return { id, event: eventOf('transfer.created', (await transfersOf(world, id))[0] ?? {}) };
}

interface EventRow {
  outcome: string;
  attempts: number;
  error: string | null;
  finished: boolean;
}

async function rowOf(eventId: string): Promise<EventRow | undefined> {
  const { rows } = await world.db.pool.query<EventRow>(
    `SELECT outcome, attempts, error, finished_at IS NOT NULL AS finished FROM webhook_events WHERE id = $1`,
    [eventId],
  );
  return rows[0];
}

describe('an event', () => {
  it('is stored once, with its payload as it came', async () => {
    const event = eventOf('customer.created', { id: 'cus_1' }, { account: 'acct_1', livemode: true });
    await Promise.all([1, 2, 3].map(() => storeEvent(world.db.pool, event)));
    const { rows } = await world.db.pool.query(
      'SELECT type, account, livemode, payload, outcome::text FROM webhook_events WHERE id = $1',
      [event.id],
    );
    const { type, account, livemode, payload } = event;
    expect(rows).toEqual([{ type, account, livemode, payload, outcome: 'pending' }]);
    await applyEvent(world.deps, event.id);
  });

  it('of another mode than our key is none of ours, whatever it says', async () => {
    const { id, event } = await lostTransfer();
    expect(await receive(world, { ...event, livemode: true })).toBe('ignored');
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    const live = { ...world.deps, livemode: true };
    const genuine = { ...event, id: `${event.id}_live`, livemode: true };
    await storeEvent(world.db.pool, genuine);
    await applyEvent(live, genuine.id);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it('that comes again after it was applied changes nothing', async () => {
    const { id, event } = await lostTransfer();
    expect(await receive(world, event)).toBe('applied');
    const before = [await payoutOf(world, id), await rowOf(event.id), await count(world, 'audit_events')];
    expect(await receive(world, event)).toBe('applied');
    expect([await payoutOf(world, id), await rowOf(event.id), await count(world, 'audit_events')]).toEqual(
      before,
    );
    expect(await rowOf(event.id)).toEqual({ outcome: 'applied', attempts: 1, error: null, finished: true });
  });

  it('is applied once although many apply it at once', async () => {
    const { id, event } = await lostTransfer();
    await storeEvent(world.db.pool, event);
    await Promise.all(Array.from({ length: 10 }, () => applyEvent(world.deps, event.id)));
    expect(await rowOf(event.id)).toMatchObject({ outcome: 'applied', attempts: 1 });
    expect((await changesOf(world, id)).filter((change) => change.endsWith('COMPLETED'))).toHaveLength(1);
  });

  it('is not waited for by a second process while a first one applies it', async () => {
    const { id, event } = await lostTransfer();
    await storeEvent(world.db.pool, event);
    const other = await openClient(world);
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM webhook_events WHERE id = $1 FOR UPDATE', [event.id]);
    await applyEvent(world.deps, event.id);
    expect((await payoutOf(world, id)).status).toBe('PROCESSING');
    await other.query('ROLLBACK');
    await other.end();
    await applyEvent(world.deps, event.id);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
  });

  it.each([
    ['a NUL', 'a\u0000b', 'ab'],
    ['what only looks like a NUL', 'a\\u0000', 'a\\u0000'],
  ])('that holds %s, which the database would not take, is stored', async (_what, told, kept) => {
    const event = eventOf('customer.created', { id: 'cus_1', name: told });
    expect(await receive(world, event)).toBe('ignored');
    const { rows } = await world.db.pool.query(
      `SELECT payload #>> '{data,object,name}' AS name FROM webhook_events WHERE id = $1`,
      [event.id],
    );
    expect(rows).toEqual([{ name: kept }]);
  });

  it('that nobody stored is nothing', async () => {
    await applyEvent(world.deps, 'evt_unknown');
    expect(await outcomeOf(world, 'evt_unknown')).toBe('absent');
  });

  it.each(['customer.created', 'transfer.updated', 'payout.paid', 'no.such.type'])(
    'of the type %s is recorded as ignored',
    async (type) => {
      expect(await receive(world, eventOf(type, { id: 'x' }))).toBe('ignored');
    },
  );

  it('that is set aside says why', async () => {
    const { event } = await lostTransfer();
    const foreign = eventOf('transfer.created', { ...(event.payload as Payload).data.object, amount: 1 });
    await receive(world, foreign);
    expect(await rowOf(foreign.id)).toMatchObject({
      outcome: 'quarantined',
      error: 'amount 1',
      finished: true,
    });
    await receive(world, event);
  });
});

interface Payload {
  data: { object: object };
}

/** A later word, by Stripe's clock. */
const soon = () => Math.floor(Date.now() / 1000) + 5;

describe("a creator's readiness", () => {
  const isReady = async (id: string) => {
    const { rows } = await world.db.pool.query<{ ready: boolean }>(
      'SELECT transfers_enabled AS ready FROM creators WHERE id = $1',
      [id],
    );
    return rows[0]?.ready;
  };

  it('follows account.updated', async () => {
    const creator = await addCreator(world, { ready: false });
    const other = await addCreator(world, { ready: false });
    const account = { id: creator.accountId, object: 'account', capabilities: { transfers: 'active' } };
    expect(await receive(world, eventOf('account.updated', account, { account: creator.accountId }))).toBe(
      'applied',
    );
    expect(await isReady(creator.id)).toBe(true);
    expect(await isReady(other.id)).toBe(false);
    const pending = { ...account, capabilities: { transfers: 'pending' } };
    await receive(world, eventOf('account.updated', pending, { created: soon() }));
    expect(await isReady(creator.id)).toBe(false);
  });

  it('is lost with an account that says nothing of transfers', async () => {
    const creator = await addCreator(world);
    await receive(world, eventOf('account.updated', { id: creator.accountId, object: 'account' }));
    expect(await isReady(creator.id)).toBe(false);
  });

  it.each([false, true])('follows capability.updated (account expanded: %s)', async (expanded) => {
    const creator = await addCreator(world, { ready: false });
    const account = expanded ? { id: creator.accountId, object: 'account' } : creator.accountId;
    const capability = { id: 'transfers', object: 'capability', account, status: 'active' };
    expect(await receive(world, eventOf('capability.updated', capability))).toBe('applied');
    expect(await isReady(creator.id)).toBe(true);
    const lost = { ...capability, status: 'inactive' };
    await receive(world, eventOf('capability.updated', lost, { created: soon() }));
    expect(await isReady(creator.id)).toBe(false);
  });

  it('does not follow other capabilities', async () => {
    const creator = await addCreator(world);
    const capability = {
      id: 'card_payments',
      object: 'capability',
      account: creator.accountId,
      status: 'inactive',
    };
    expect(await receive(world, eventOf('capability.updated', capability))).toBe('ignored');
    expect(await isReady(creator.id)).toBe(true);
  });
});

describe('what a process left behind when it died', () => {
  it('is applied by the next sweep, oldest first', async () => {
    const lost = [await lostTransfer(), await lostTransfer()];
    for (const { event } of lost) await storeEvent(world.db.pool, event);
    expect(await applyWaiting(world.deps)).toBe(2);
    for (const { id } of lost) expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await applyWaiting(world.deps)).toBe(0);
  });

  it('is applied although another event cannot be, which is tried again after the others', async () => {
    const { id, event } = await lostTransfer();
    const broken = eventOf('transfer.created', {});
    await storeEvent(world.db.pool, { ...broken, payload: { type: 'transfer.created' } });
    await storeEvent(world.db.pool, event);
    expect(await applyWaiting(world.deps)).toBe(2);
    expect((await payoutOf(world, id)).status).toBe('COMPLETED');
    expect(await rowOf(broken.id)).toMatchObject({ outcome: 'pending', attempts: 1, finished: false });
    expect((await rowOf(broken.id))?.error).toContain('Cannot read properties of undefined');
    expect(await applyWaiting(world.deps)).toBe(0);
    await world.db.pool.query(
      'UPDATE webhook_events SET wait_until = now() - make_interval(mins => 1) WHERE id = $1',
      [broken.id],
    );
    expect(await applyWaiting(world.deps)).toBe(1);
    expect(await rowOf(broken.id)).toMatchObject({ outcome: 'pending', attempts: 2 });
  });
});
