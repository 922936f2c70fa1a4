// The product is killed at every named moment between two steps and started again: nothing is lost, nothing is paid
// twice, and the invariants hold. The usual run takes one moment in five; `npm run test:crash` takes all,
// and CRASH_ROUNDS=n all of them n times, which no two times happens in the same order.
import { afterAll, describe, expect, test } from 'vitest';
import { CHECKPOINTS, type Checkpoint } from '../../src/observability/checkpoints.js';
import { makeWishes, type Wish } from './clients.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { expectSettled } from './settled.js';
import { letLeasesEnd, openSite, PATIENCE_MS, type Site, type Struck } from './site.js';

const { CRASH_ROUNDS } = process.env;
const ROUNDS = Number(CRASH_ROUNDS ?? 1);

/** Deaths on one database, one after the other: the process that was started again is the next one to die. */
const DEATHS_IN_A_ROW = 4;

/** Moments of one scenario. */
interface Lane {
  scenario: Scenario;
  names: Checkpoint[];
}

function lanes(): Lane[] {
  const all: Lane[] = [];
  for (const name of CHECKPOINTS) {
    const scenario = SCENARIOS[name];
    const open = all.find((lane) => lane.scenario === scenario && lane.names.length < DEATHS_IN_A_ROW);
    if (open) open.names.push(name);
    else all.push({ scenario, names: [name] });
  }
  return all;
}

/** As many at once as keep two cores busy: a death costs waiting as well as work. */
const AT_ONCE = 3;

interface Share {
  deaths: Death[];
}

interface Death {
  lane: Lane;
  name: Checkpoint;
}

function shares(): Share[] {
  const all = Array.from({ length: ROUNDS }, lanes)
    .flat()
    .map((lane) => ({ ...lane, names: takenOf(lane) }))
    .filter(({ names }) => names.length > 0);
  return Array.from({ length: AT_ONCE }, (_, share) => {
    const own = all.filter((__, i) => i % AT_ONCE === share);
    return { deaths: own.flatMap((lane) => lane.names.map((name) => ({ lane, name }))) };
  });
}

/** The usual run takes one in so many, wherever in a scenario it stands. */
const ONE_IN = 5;

const takenOf = ({ names }: Lane) =>
  CRASH_ROUNDS ? names : names.filter((name) => CHECKPOINTS.indexOf(name) % ONE_IN === 0);

/** A database with a running product on it. */
interface Place {
  lane: Lane;
  site: Site;
  server: Struck;
  /** All that was ever asked for. */
  wishes: Wish[];
}

// `each`: Vitest 4 forgets that suites made by `for` are concurrent.
describe.concurrent.each(shares())('killed at, one after the other:', ({ deaths }) => {
  let place: Place | undefined;
  const leave = async () => {
    await place?.site.close();
    place = undefined;
  };
  afterAll(leave);

  test.sequential.for(deaths)('$name', { timeout: 4 * PATIENCE_MS }, async ({ lane, name }) => {
    if (place?.lane !== lane) await leave();
    place ??= await openPlace(lane);
    try {
      await killAt(place, name);
    } catch (error) {
      // The next moment begins anew, rather than with what this one has left.
      await leave();
      throw error;
    }
  });
});

async function openPlace(lane: Lane): Promise<Place> {
  const { settings } = lane.scenario;
  const site = await openSite(typeof settings === 'function' ? await settings() : settings);
  return { lane, site, server: await startServer(site), wishes: [] };
}

async function killAt(place: Place, name: Checkpoint): Promise<void> {
  const { site } = place;
  const { scenario } = place.lane;
  const run = { site, server: place.server, wishes: await makeWishes(site) };
  place.wishes.push(...run.wishes);
  await scenario.prepare?.(run);
  await run.server.strikeAt(name, 'SIGKILL');
  // Whoever asks while it dies gets no answer.
  const asked = scenario.act(run).catch(() => undefined);
  await run.server.struck();
  expect(await run.server.ended).toBe('SIGKILL');
  await asked;

  await scenario.mend?.(run);
  await letLeasesEnd(site.world);
  run.server = await startServer(site);
  place.server = run.server;
  await scenario.act(run);
  await scenario.after?.(run);
  await expectSettled(site, place.wishes, scenario.ends);
}

/** Stripe sends its events to where the product is now. */
async function startServer(site: Site): Promise<Struck> {
  const server = await site.start();
  await site.world.simulator.setWebhookUrl(`${server.url}/api/webhooks/stripe`);
  return server;
}
