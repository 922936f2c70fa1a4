// A platform that has paid for some time: what the dashboards are looked at with. Days pass by the database's own clock, and
// every payout of them went through the engine and the simulator.
import { expect, vi } from 'vitest';
import { setAlias } from '../../src/statements/aliases.js';
import { globalId } from '../graphql/ask.js';
import { advance } from './clock.js';
import type { Dashboards } from './dashboards.js';
import { post } from './running-app.js';
import { addCreator, addStatement, type TestCreator } from './world.js';

const NAMES = [
  'Nova Reyes',
  'The Paper Lanterns',
  'Ida Quist',
  'Juno Vale',
  'Mirelle Aoki',
  'Oskar & the Tides',
  'Saint Halcyon',
  'Teodora Lind',
  'Bright Machines',
  'Kwame Asante',
  'Velvet Harbour',
  'Amaya Sol',
];

/** A distributor's file of a month, with a name that nobody knows, and an amount that nobody can read. */
export function showcaseFile(): string {
  const header = 'Sale Month\tArtist\tTitle\tCountry of Sale\tEarnings (USD)';
  const rows = NAMES.map((name, at) => [
    name,
    `${118 + at * 61}.${String(79_190_417 * (at + 3)).padStart(10, '0')}`,
  ]);
  const odd = [
    ['Nova Reyes & Ida Quist', '214.8305'],
    ['Amaya Sol', '1,204'],
  ];
  const lines = [...rows, ...odd].map(([name, sum]) => ['2026-06', name, 'Slow Ferry', 'SE', sum].join('\t'));
  return `${[header, ...lines].join('\n')}\n`;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface Showcase {
  creators: TestCreator[];
  /** GraphQL ids of payouts by what became of them. */
  payouts: Record<'completed' | 'failed' | 'retrying' | 'held' | 'large' | 'partlyBack', string>;
  /** The GraphQL id of a run. */
  run: string;
}

/** What the showcase wants of the server: more than this waits for a second admin. */
export const SHOWCASE = { PAYOUT_APPROVAL_ABOVE_CENTS: '200000', PAYOUT_RETRY_DELAYS: '3h' };

/** @param days how many have passed */
export async function fillShowcase(site: Dashboards, days: number): Promise<Showcase> {
  const { world } = site;
  await advance(world.databaseUrl, -days * DAY_MS - 5 * HOUR_MS);
  const creators: TestCreator[] = [];
  for (const [index, name] of NAMES.entries()) creators.push(await addNamed(site, name, index !== 3));
  for (let day = 0; day < days; day += 1) {
    await payDay(site, creators, day);
    await advance(world.databaseUrl, DAY_MS);
  }
  await advance(world.databaseUrl, 5 * HOUR_MS);
  const run = await paidRun(site, creators.slice(4, 9));
  const payouts = {
    completed: await payOne(site, creators[0], 48_250, 'COMPLETED'),
    failed: await refused(site, creators[2], 21_300, 'account_invalid'),
    retrying: await refused(site, creators[1], 131_904, 'balance_insufficient'),
    held: await held(site, creators[6]),
    large: await payOne(site, creators[7], 264_000, 'PENDING'),
    partlyBack: await partlyTakenBack(site, creators[1]),
  };
  await hang(site, creators[4]);
  await strangeTransfer(site, creators[5]);
  for (const creator of creators) await statementOf(site, creator, 1);
  await world.simulator.bankPayout(creators[0]?.accountId ?? '', { amount: 40_000, status: 'paid' });
  return { creators, payouts, run };
}

async function addNamed({ world }: Dashboards, name: string, ready: boolean): Promise<TestCreator> {
  const creator = await addCreator(world, { ready });
  const slug = name.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  await world.db.pool.query(
    'UPDATE creators SET display_name = $2, external_id = $3, email = $4, created_at = clock.now() WHERE id = $1',
    [creator.id, name, slug, `${slug}@example.com`],
  );
  await setAlias(world.db, { name, creator: creator.id, actor: 'system' });
  return creator;
}

/** More on some days than on others, and the same whenever it is asked. */
const sizeOf = (day: number) => 2 + ((day * 7) % 5) + (day % 7 === 4 ? 4 : 0);

async function payDay(site: Dashboards, creators: readonly TestCreator[], day: number): Promise<void> {
  const ready = creators.filter((_, index) => index !== 3);
  const paid = Array.from({ length: sizeOf(day) }, (_, at) => ready[(day * 3 + at) % ready.length]);
  await Promise.all(
    paid.map((creator, at) => create(site, creator, 4_100 + ((day * 7_919 + at * 3_571) % 91_000))),
  );
  await nothingWaits(site);
  if (day % 6 === 2) await refused(site, ready[day % ready.length], 9_900 + day * 10, 'account_invalid');
}

async function create(
  site: Dashboards,
  creator: TestCreator | undefined,
  amountCents: number,
): Promise<string> {
  const query = `mutation ($input: CreatePayoutInput!) { createPayout(input: $input) {
    ... on CreatePayoutPayload { payout { id } } ... on Error { message } } }`;
  const idempotencyKey = `${creator?.id}-${amountCents}-${Math.random()}`;
  const input = { creatorId: globalId('Creator', creator?.id ?? ''), amountCents, idempotencyKey };
  const { data } = await post(site.url, { query, variables: { input } }, await site.token());
  expect(data.createPayout).toHaveProperty('payout');
  return data.createPayout.payout.id;
}

async function payOne(
  site: Dashboards,
  creator: TestCreator | undefined,
  amountCents: number,
  status: string,
): Promise<string> {
  const id = await create(site, creator, amountCents);
  const query = 'query ($id: ID!) { payout(id: $id) { status } }';
  const token = await site.token();
  await comes(
    status,
    async () => (await post(site.url, { query, variables: { id } }, token)).data.payout.status,
  );
  return id;
}

async function refused(
  site: Dashboards,
  creator: TestCreator | undefined,
  amountCents: number,
  code: string,
): Promise<string> {
  const destination = creator?.accountId ?? '';
  const message =
    code === 'balance_insufficient' ? 'Insufficient funds in Stripe account.' : 'No such destination.';
  const match = { method: 'POST', path: '/v1/transfers', destination };
  await site.world.simulator.fault({ fault: 'stripe_error', code, message, match });
  return payOne(site, creator, amountCents, 'FAILED');
}

/** Somebody looks at it before it is tried again. */
async function held(site: Dashboards, creator: TestCreator | undefined): Promise<string> {
  const id = await refused(site, creator, 58_700, 'balance_insufficient');
  const query = `mutation ($input: HoldPayoutInput!) { holdPayout(input: $input) { __typename } }`;
  const input = { payoutId: id, reason: 'The label asks us to wait for its letter.' };
  await post(site.url, { query, variables: { input } }, await site.token());
  return id;
}

/** Somebody takes a part of the transfer back at Stripe. */
async function partlyTakenBack(site: Dashboards, creator: TestCreator | undefined): Promise<string> {
  const id = await payOne(site, creator, 90_000, 'COMPLETED');
  const query = 'query ($id: ID!) { payout(id: $id) { stripeTransferId reversedCents } }';
  const token = await site.token();
  const look = async () => (await post(site.url, { query, variables: { id } }, token)).data.payout;
  await site.world.simulator.reverse((await look()).stripeTransferId, 25_000);
  await comes(25_000, async () => (await look()).reversedCents);
  return id;
}

/** Of the month before the last. */
async function paidRun(site: Dashboards, creators: readonly TestCreator[]): Promise<string> {
  for (const creator of creators) await statementOf(site, creator, 2);
  const query = `mutation ($input: CreatePayoutRunInput!) { createPayoutRun(input: $input) {
    ... on CreatePayoutRunPayload { run { id } } ... on TotalChangedError { totalCents } } }`;
  const { start: periodStart, end: periodEnd } = monthBack(2);
  const run = async (expectedTotalCents: number) => {
    const input = { periodStart, periodEnd, expectedTotalCents, idempotencyKey: `run-${expectedTotalCents}` };
    return (await post(site.url, { query, variables: { input } }, await site.token())).data.createPayoutRun;
  };
  const { totalCents } = await run(0);
  const { id } = (await run(totalCents)).run;
  await nothingWaits(site);
  return id;
}

/** One whose answer from Stripe is awaited. */
async function hang(site: Dashboards, creator: TestCreator | undefined): Promise<void> {
  const match = { method: 'POST', path: '/v1/transfers', destination: creator?.accountId ?? '' };
  await site.world.simulator.fault({ fault: 'hang_before', match });
  await payOne(site, creator, 66_420, 'PROCESSING');
}

const nothingWaits = (site: Dashboards) =>
  comes(0, async () => {
    const { rows } = await site.world.db.pool.query(
      `SELECT count(*)::int AS count FROM payouts WHERE status IN ('PENDING', 'PROCESSING')`,
    );
    return rows[0].count;
  });

const comes = <Value>(value: Value, look: () => Promise<Value>) =>
  vi.waitFor(async () => expect(await look()).toBe(value), { timeout: 20_000, interval: 30 });

/** A transfer that no payout made, found by a comparison. */
async function strangeTransfer(site: Dashboards, creator: TestCreator | undefined): Promise<void> {
  await fetch(`${site.world.simulatorUrl}/v1/transfers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_other', 'content-type': 'application/x-www-form-urlencoded' },
    body: `amount=5000&currency=usd&destination=${creator?.accountId}`,
  });
  const query = 'mutation { runReconciliation(input: {}) { __typename } }';
  await post(site.url, { query }, await site.token());
  await comes('COMPLETED', async () => {
    const { rows } = await site.world.db.pool.query('SELECT status FROM reconciliation_runs');
    return rows[0]?.status;
  });
}

/** Its first and its last day. */
function monthBack(months: number): { start: string; end: string } {
  const now = new Date();
  const iso = (back: number, day: number) =>
    new Date(Date.UTC(now.getFullYear(), now.getMonth() - back, day)).toISOString().slice(0, 10);
  return { start: iso(months, 1), end: iso(months - 1, 0) };
}

const statementOf = ({ world }: Dashboards, { id }: TestCreator, monthsBack: number) =>
  addStatement(
    world,
    id,
    12_000 + ([...id].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % 50) * 731,
    monthBack(monthsBack),
  );
