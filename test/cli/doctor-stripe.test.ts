// The doctor, on Stripe: a key of the wrong sort, account or rights, events that do not arrive, endpoints that are not there.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkStripe } from '../../src/cli/doctor/stripe.js';
import { factOf } from '../../src/stripe/events.js';
import { CONNECTED_TYPES, OWN_TYPES } from '../../src/stripe/probe.js';
import { pay, work } from '../payouts/support.js';
import { addCreator, createWorld, openClient, type World } from '../support/world.js';
import { type Answers, configOf, NOWHERE, PRODUCTION, serveAt, sick } from './doctor-support.js';

let world: World;
let client: pg.Client;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  world = await createWorld();
  client = await openClient(world);
  // What Stripe is said to have sent; nothing of the world's own is looked for at servers that are not its simulator.
  await world.db.pool.query(
    `INSERT INTO webhook_events (id, type, livemode, payload) VALUES ('evt_here', 'transfer.created', true, '{}')`,
  );
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(async () => {
  await client.end();
  await world.close();
});

const listOf = (data: readonly object[]) => ({ object: 'list', data, has_more: false });
const events = (...ids: string[]) => listOf(ids.map((id) => ({ id })));
const money = (livemode: boolean, currency = 'usd') => ({
  object: 'balance',
  livemode,
  available: [{ amount: 0, currency }],
  pending: [],
});
const refusal = (status: number) =>
  [status, { error: { type: 'invalid_request_error', message: 'No.' } }] as const;

/** Stripe, as it answers to a key that may do all that it must. */
const WELL: Answers = {
  '/v1/balance': [200, money(true)],
  '/v1/balance_transactions': [200, listOf([])],
  'GET /v1/transfers': [200, listOf([])],
  'GET /v1/accounts': [200, listOf([])],
  '/v1/events': [200, events()],
  'POST /v1/transfers': refusal(400),
  'POST /v1/accounts': refusal(400),
  'POST /v1/account_links': refusal(400),
};

async function asked(answers: Answers, settings: Record<string, string> = {}) {
  const url = await serveAt({ ...WELL, ...answers }, ends);
  return checkStripe(configOf({ ...PRODUCTION, ...settings, STRIPE_API_URL: url }), client);
}

const simulated = (settings: Record<string, string> = {}) =>
  checkStripe(
    configOf({
      STRIPE_SECRET_KEY: 'sk_test_x',
      STRIPE_API_URL: world.simulatorUrl,
      DATABASE_URL: world.databaseUrl,
      STRIPE_WEBHOOK_SECRET: 'whsec_a',
      ...settings,
    }),
    client,
  );

describe('the key', () => {
  it('is well', async () => {
    const findings = await asked({ '/v1/events': [200, events('evt_here')] });
    expect(findings.map(({ status, check }) => `${status} ${check}`)).toEqual(['ok stripe', 'ok webhooks']);
  });

  it('does at the simulator all that it must, and nothing is done there', async () => {
    expect(sick(await simulated())).toEqual([]);
    const { transfers, accounts } = await world.simulator.state();
    expect([transfers, accounts]).toEqual([[], []]);
  });

  it('is refused', async () => {
    const findings = await asked({ '/v1/balance': refusal(401) });
    expect(findings).toMatchObject([{ status: 'error', message: 'Stripe refuses STRIPE_SECRET_KEY.' }]);
  });

  it.each([
    ['/v1/balance', 'read balance', 'warning'],
    ['/v1/balance_transactions', 'read balance transactions', 'warning'],
    ['GET /v1/transfers', 'read transfers', 'error'],
    ['GET /v1/accounts', 'read accounts', 'warning'],
    ['/v1/events', 'read events', 'warning'],
    ['POST /v1/transfers', 'write transfers', 'error'],
    ['POST /v1/accounts', 'write accounts', 'warning'],
    ['POST /v1/account_links', 'write account links', 'warning'],
  ])('that Stripe forbids %s may not %s: %s', async (path, right, status) => {
    const findings = (await asked({ [path]: refusal(403) })).filter(({ status }) => status !== 'ok');
    expect(findings).toMatchObject([
      { check: 'stripe-rights', status, message: `The Stripe key may not ${right}.` },
    ]);
  });

  it('is of another mode', async () => {
    expect(sick(await asked({ '/v1/balance': [200, money(false)] }))).toEqual(['warning stripe']);
  });

  it('is of a balance in another currency', async () => {
    const findings = await asked({ '/v1/balance': [200, money(true, 'eur')] });
    expect(sick(findings)).toEqual(['warning stripe-balance']);
    expect(findings[1]?.message).toContain('PAYOUT_CURRENCY is usd, and the balance at Stripe has eur');
  });

  it('reaches nobody', async () => {
    const config = configOf({ ...PRODUCTION, STRIPE_API_URL: `http://${NOWHERE}` });
    expect(sick(await checkStripe(config, client))).toEqual(['error stripe']);
  });
});

describe('events', () => {
  const lost: [string, string[], string[]][] = [
    ['all', ['evt_here'], []],
    ['some', ['evt_here', 'evt_lost'], ['warning webhooks']],
    ['none', ['evt_lost'], ['error webhooks']],
  ];

  it.each(lost)('of our own account arrive: %s', async (_, ids, findings) => {
    expect(sick(await asked({ '/v1/events': [200, events(...ids)] }))).toEqual(findings);
  });

  it.each(lost)('of connected accounts arrive: %s', async (_, ids, findings) => {
    const { accountId } = await addCreator(world);
    const found = await asked({ [`/v1/events of ${accountId}`]: [200, events(...ids)] });
    expect(sick(found)).toEqual(findings);
    const secret = found.find(({ status }) => status !== 'ok')?.fix ?? 'STRIPE_CONNECT_WEBHOOK_SECRET';
    expect(secret).toContain('STRIPE_CONNECT_WEBHOOK_SECRET');
  });

  it('of connected accounts that our key may not ask for', async () => {
    const { accountId } = await addCreator(world);
    expect(sick(await asked({ [`/v1/events of ${accountId}`]: refusal(403) }))).toEqual([]);
  });

  it('are known by name, each that is acted on', () => {
    const object = { id: 'x', object: 'x', metadata: {}, account: 'acct_1', destination: 'acct_1' };
    const kinds = [...OWN_TYPES, ...CONNECTED_TYPES].map((type) => {
      const payload = { type, created: 1, account: type.startsWith('payout') ? 'acct_1' : undefined };
      const told = { ...object, ...(type.startsWith('capability') && { id: 'transfers' }) };
      return [type, factOf({ ...payload, data: { object: told } }).kind];
    });
    // The last of our own is looked for, and nothing else.
    expect(kinds.filter(([, kind]) => kind === 'ignored')).toEqual([['transfer.updated', 'ignored']]);
    expect(factOf({ type: 'charge.succeeded', data: { object } }).kind).toBe('ignored');
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/stripe.md'), 'utf8');
    const [own, connected] = [OWN_TYPES, CONNECTED_TYPES].map((types) =>
      types.map((type) => `\`${type}\``).join(', '),
    );
    expect(page).toMatch(new RegExp(`your account .*${own} \\|\n.*connected accounts .*${connected} \\|`));
  });
});

describe('endpoints', () => {
  const endpoint = (url: string, more = {}) => ({ url, status: 'enabled', enabled_events: ['*'], ...more });
  const HERE = 'https://pay.example/api/webhooks/stripe';

  it.each<[string, object[], string[]]>([
    ['both, of all', [endpoint(HERE), endpoint(HERE)], []],
    [
      'both, of what is needed',
      [endpoint(HERE, { enabled_events: OWN_TYPES }), endpoint(HERE, { enabled_events: CONNECTED_TYPES })],
      [],
    ],
    ['none', [], ['error: Stripe has no endpoint']],
    ['others', [endpoint('https://shop.example/hooks')], ['error: Stripe has no endpoint']],
    ['one', [endpoint(HERE)], ['warning: Stripe has one endpoint']],
    [
      'a disabled one',
      [endpoint(HERE), endpoint(HERE, { status: 'disabled' })],
      ['error: Stripe has disabled the endpoint'],
    ],
    [
      'too little',
      [endpoint(HERE, { enabled_events: ['transfer.created'] }), endpoint(HERE, { enabled_events: [] })],
      ['error: Stripe sends us nothing of transfer.reversed, transfer.updated, account.updated,'],
    ],
    [
      'another place',
      ['a', 'b'].map((name) => endpoint(`https://${name}.example/api/webhooks/stripe`)),
      ["warning: Stripe's endpoints are not below PUBLIC_URL"],
    ],
  ])('are %s', async (_, data, expected) => {
    const found = (await asked({ '/v1/webhook_endpoints': [200, listOf(data)] })).filter(
      ({ status }) => status !== 'ok',
    );
    expect(found.map(({ check }) => check)).toEqual(expected.map(() => 'webhook-endpoints'));
    for (const [index, { status, message }] of found.entries()) {
      expect(`${status}: ${message}`).toContain(expected[index]);
    }
  });

  it('are none of our business where our key may not ask, or whoever answers has none', async () => {
    expect(sick(await asked({ '/v1/webhook_endpoints': refusal(403) }))).toEqual([]);
    const settings = {
      ...PRODUCTION,
      STRIPE_SECRET_KEY: 'sk_test_x',
      STRIPE_API_URL: world.simulatorUrl,
    };
    expect(sick(await simulated(settings))).toEqual(['warning stripe']);
  });
});

// The last: what is paid stays in the books.
it('knows nothing of what was paid before: the key is of another account', async () => {
  await pay(world);
  await work(world);
  expect(sick(await simulated())).toEqual([]);
  const findings = await asked({});
  expect(sick(findings)).toEqual(['error stripe-account']);
  expect(findings.find(({ status }) => status !== 'ok')?.message).toMatch(
    /does not know our newest transfer, tr_/,
  );
});
