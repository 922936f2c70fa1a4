// A rolling restart under load: two APIs and two workers are ended by SIGTERM and started again, one after the other, while
// clients ask, pay and listen. Nobody loses anything that he could not get again. `npm run rolling-restart` goes round more often.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { signToken } from '../../src/http/identity.js';
import { createCursors, readCursorKey } from '../../src/live/cursors.js';
import { globalId } from '../graphql/ask.js';
import { expectInvariants } from '../payouts/invariants.js';
import { ADMIN } from '../support/running-app.js';
import { addCreator, createWorld, type World } from '../support/world.js';
import { allReady, type Fleet, ISSUED, startFleet } from './rolling/fleet.js';
import { type Listener, listenOverEvents, listenOverSocket } from './rolling/listeners.js';
import { startTraffic } from './rolling/requests.js';

const ROUNDS = Number(process.env['ROLLING_ROUNDS'] ?? 1);
const PATIENCE = { timeout: 20_000, interval: 100 };

let world: World;
let fleet: Fleet;

beforeAll(async () => {
  world = await createWorld();
  await world.simulator.setBalance(1_000_000_000);
  fleet = await startFleet(world);
  await world.simulator.setWebhookUrl(`${fleet.balancer.url}/api/webhooks/stripe`);
}, 60_000);
afterAll(async () => {
  await fleet?.close();
  await world?.close();
});

/** The cursors of all changes, in the log's order. */
async function allCursors(): Promise<string[]> {
  const cursors = createCursors(await readCursorKey(world.db.pool));
  const { rows } = await world.db.pool.query<{ xid: string; id: string }>(
    'SELECT log_xid AS xid, id FROM payout_events ORDER BY log_xid, id',
  );
  return rows.map(({ xid, id }) => cursors.encode({ xid: BigInt(xid), id: BigInt(id) }));
}

async function listeners(token: string): Promise<Listener[]> {
  const after = createCursors(await readCursorKey(world.db.pool)).encode({ xid: 0n, id: 0n });
  const place = { url: fleet.balancer.url, token, after };
  return [1, 2].flatMap(() => [listenOverSocket(place), listenOverEvents(place)]);
}

const unpaid = async () =>
  (await world.db.pool.query(`SELECT id FROM payouts WHERE status <> 'COMPLETED'`)).rows;

test(
  'loses no request, no change and no payout',
  async () => {
    const token = await signToken(ISSUED, ADMIN, 3_600);
    const creators = await Promise.all([1, 2, 3, 4].map(() => addCreator(world)));
    const told = await listeners(token);
    const traffic = startTraffic({
      url: fleet.balancer.url,
      token,
      creators: creators.map(({ id }) => globalId('Creator', id)),
      readers: 2,
      writers: 2,
      pauseMs: ROUNDS > 1 ? 20 : 60,
    });
    for (let round = 0; round < ROUNDS; round++) {
      for (const member of fleet.members) {
        expect(await member.restart()).toBe(0);
        await allReady(fleet.balancer);
      }
    }
    await traffic.stop();
    await vi.waitFor(async () => expect(await unpaid()).toEqual([]), PATIENCE);
    const expected = await allCursors();
    await vi.waitFor(() => {
      for (const { heard } of told) expect(heard.length).toBe(expected.length);
    }, PATIENCE);
    for (const one of told) one.stop();

    const ends = told.flatMap(({ ends }) => ends);
    console.log(
      `Rolling restart: ${traffic.answered} answers, ${traffic.retried} asked again, ${traffic.keys.length} payouts, ` +
        `${expected.length} changes to ${told.length} subscribers, who were sent away ${ends.length} times.`,
    );
    expect(traffic.lost).toEqual([]);
    // Hardly anybody is cut off: each connection is told to end, and used no more, before its instance is gone.
    const cut = ends.filter((end) => end !== 1001 && end !== 'ended');
    expect(traffic.retried + cut.length).toBeLessThanOrEqual(2 * ROUNDS);
    expect(ends).toEqual(expect.arrayContaining([1001, 'ended']));
    expect(traffic.answered).toBeGreaterThan(50 * ROUNDS);
    const { rows } = await world.db.pool.query<{ key: string }>(
      'SELECT key FROM idempotency_keys ORDER BY key',
    );
    expect(rows).toHaveLength(traffic.keys.length);
    const { transfers } = await world.simulator.state();
    expect(transfers).toHaveLength(traffic.keys.length);
    for (const { name, heard, errors } of told) {
      expect(errors).toEqual([]);
      expect(heard, name).toEqual(expected);
    }
    await expectInvariants(world);
  },
  60_000 + ROUNDS * 60_000,
);
