// A creator that cannot be paid yet: it reads what is missing, follows the link to Stripe, comes back, and is paid.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, type TestCreator } from '../support/world.js';
import { creatorViewer, globalId } from './ask.js';

const BACK = 'https://platform.example/back';

let app: RunningApp;
let creator: TestCreator;
let token: string;
beforeAll(async () => {
  app = await runApp({ CORS_ORIGINS: 'https://platform.example' });
  creator = await addCreator(app.world, { ready: false });
  token = await app.token(creatorViewer(creator.id));
});
afterAll(() => app.close());

const READINESS = 'readiness { state missing deadline }';
const REFRESH = `mutation { refreshReadiness {
  ... on RefreshReadinessPayload { creator { ${READINESS} } } ... on Error { code message } } }`;

async function refreshed() {
  const { data } = await app.query({ query: REFRESH }, token);
  return data.refreshReadiness.creator.readiness;
}

test('from what is missing to ready, by the link', async () => {
  expect(await refreshed()).toEqual({
    state: 'ACTION_NEEDED',
    missing: ['a bank account to be paid to', 'your agreement to Stripe’s terms'],
    deadline: null,
  });
  const asked = await app.query(
    {
      query: `mutation ($back: String!) { createOnboardingLink(input: { returnUrl: $back }) {
        ... on CreateOnboardingLinkPayload { url expiresAt } } }`,
      variables: { back: BACK },
    },
    token,
  );
  const { url } = asked.data.createOnboardingLink;
  const session = /name="session" value="([^"]+)"/.exec(await (await fetch(url)).text())?.[1] ?? '';
  const body = new URLSearchParams({ session });
  const done = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  expect(done.headers.get('location')).toBe(BACK);
  // Stripe tells of the capability and of the account by an event each, one after the other.
  await expect.poll(refreshed).toEqual({ state: 'READY', missing: [], deadline: null });
});

test('what is missing is for admins and the creator itself', async () => {
  const other = await app.token(creatorViewer((await addCreator(app.world)).id));
  const query = `query ($id: ID!) { node(id: $id) { ... on Creator { ${READINESS} } } }`;
  const operation = { query, variables: { id: globalId('Creator', creator.id) } };
  expect((await app.query(operation, other)).data).toEqual({ node: null });
  const { data } = await app.query(operation, await app.token(ADMIN));
  expect(data.node.readiness.state).toBe('READY');
});

test('a creator that Stripe has no account of says so when asked, and is not started', async () => {
  const { id } = await addCreator(app.world);
  await app.world.db.pool.query(
    'UPDATE creators SET stripe_account_id = NULL, transfers_enabled = false WHERE id = $1',
    [id],
  );
  const { data } = await app.query({ query: REFRESH }, await app.token(creatorViewer(id)));
  expect(data.refreshReadiness.creator.readiness.state).toBe('NOT_STARTED');
});

test('Stripe’s silence is a result, and changes nothing', async () => {
  await app.world.simulator.fault({
    match: { method: 'GET', path: `/v1/accounts/${creator.accountId}` },
    fault: 'html_502',
  });
  const { data } = await app.query({ query: REFRESH }, token);
  expect(data.refreshReadiness).toEqual({
    code: 'STRIPE_UNAVAILABLE',
    message: 'Stripe does not answer at the moment. Try again in a minute.',
  });
});
