// What admins and creators do with the dashboards, in a real browser against the built product: a run of 200 payouts watched
// through a lost network, a failed one retried, a creator who hears its own, and a session that ends.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { globalId } from '../graphql/ask.js';
import { findChromium, launch, openTab, type Tab } from '../support/browser.js';
import { type Dashboards, startDashboards } from '../support/dashboards.js';
import { ADMIN, post } from '../support/running-app.js';
import { addCreator, type TestCreator } from '../support/world.js';

const executable = await findChromium();
const CREATORS = 200;
const CENTS = 1_250;

test('there is a Chromium where all of it must be tested', () => {
  if (process.env['CI']) expect(executable).not.toBeNull();
});

describe.runIf(executable)('the dashboards', () => {
  let browser: Browser;
  let site: Dashboards;
  let creators: TestCreator[];
  const tabs: Tab[] = [];

  beforeAll(async () => {
    [browser, site] = await Promise.all([
      launch(executable ?? ''),
      startDashboards({ STRIPE_MAX_RPS: '60', PAYOUT_RETRY_DELAYS: '1h' }),
    ]);
    creators = await Promise.all(Array.from({ length: CREATORS }, () => addCreator(site.world)));
    await bringStatements();
  }, 60_000);
  afterAll(async () => {
    for (const { complaints } of tabs) expect(complaints).toEqual([]);
    await browser?.close();
    await site?.close();
  });

  async function bringStatements(): Promise<void> {
    const statements = creators.map(({ id }) => ({
      externalId: `august-${id}`,
      creatorId: globalId('Creator', id),
      periodStart: '2026-08-01',
      periodEnd: '2026-08-31',
      amountCents: CENTS,
    }));
    const query = `mutation ($statements: [RoyaltyStatementInput!]!) {
      upsertRoyaltyStatements(input: { statements: $statements }) { __typename } }`;
    const { errors } = await post(site.url, { query, variables: { statements } }, await site.token());
    expect(errors).toBeUndefined();
  }

  async function open(path: string, token: string | null, url = site.lineUrl): Promise<Tab> {
    const tab = await openTab(browser, `${url}${path}`, token);
    tabs.push(tab);
    return tab;
  }

  /** The first creator's transfer is refused for good, until somebody retries it. */
  const refuseOne = () =>
    site.world.simulator.fault({
      fault: 'stripe_error',
      code: 'account_invalid',
      match: { method: 'POST', path: '/v1/transfers', destination: creators[0]?.accountId ?? '' },
    });

  test('a run of 200 payouts is previewed, paid, and watched to its end through a lost network', async () => {
    await refuseOne();
    const { page, loads } = await open('/admin/runs', await site.token());
    await page.getByLabel('First day').fill('2026-08-01');
    await page.getByLabel('Last day').fill('2026-08-31');
    await page.getByRole('button', { name: 'See what would be paid' }).click();
    await page.getByRole('button', { name: 'Pay $2,500.00' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pay $2,500.00' }).click();
    await page.getByText(/^[1-9]\d* of 200 are paid/).waitFor();
    site.line.cut();
    await page.getByText(/connection is lost/).waitFor();
    await completedInDatabase();
    expect(await page.getByText('199 of 200 are paid.').count()).toBe(0);
    site.line.mend();
    await page.getByText('199 of 200 are paid.').waitFor();
    await page.getByText(/connection is lost/).waitFor({ state: 'hidden' });
    expect(loads()).toBe(1);
  }, 60_000);

  const completedInDatabase = () =>
    expect
      .poll(async () => {
        const { rows } = await site.world.db.pool.query(
          `SELECT count(*)::int AS count FROM payouts WHERE status = 'COMPLETED'`,
        );
        return rows[0].count;
      })
      .toBe(CREATORS - 1);

  test('a failed one is found, retried, and seen to be paid', async () => {
    const { page, loads } = await open('/admin', await site.token());
    await page.getByRole('link', { name: /^Failed/ }).click();
    await page.locator('[data-row="0"] a').click();
    await page.getByText('It is not tried again by itself.').first().waitFor();
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retry now' }).click();
    await statusOf(page, 'Paid');
    await page.getByText('Attempt 2').waitFor();
    expect(await page.getByRole('button', { name: 'Retry now' }).count()).toBe(0);
    expect(loads()).toBe(1);
  });

  const statusOf = (page: Page, word: string) =>
    page.getByRole('main').locator('header').getByText(word, { exact: true }).waitFor();

  const paidRow = (page: Page, amount: string) =>
    page
      .locator('[data-row]', { hasText: amount })
      .getByText('Paid', { exact: true })
      .filter({ visible: true })
      .waitFor();

  test('rows of the list change the moment the server says so', async () => {
    const { page } = await open('/admin/payouts', await site.token());
    await page.locator('[data-row="0"]').waitFor();
    await pay(creators[7], 7_777);
    await paidRow(page, '$77.77');
  });

  test('the network is lost without a word, and what happened meanwhile is caught up', async () => {
    const { page } = await open('/admin/payouts', await site.token());
    await page.locator('[data-row="0"]').waitFor();
    site.line.silence();
    await pay(creators[8], 8_888);
    await paidRow(page, '$88.88');
  }, 30_000);

  test('a creator sees and hears its own payouts and nobody else’s', async () => {
    const [mine, other] = [creators[3], creators[4]];
    const { page } = await open('/creator', await tokenOf(mine));
    await page.getByText('$12.50').first().waitFor();
    await pay(other, 6_666);
    await pay(mine, 5_555);
    await paidRow(page, '$55.55');
    expect(await page.getByText('$66.66').count()).toBe(0);
    await page.goto(`${site.lineUrl}/creator/payouts/${encodeURIComponent(await payoutOf(other))}`);
    await page.getByText('You have no payout at this address').waitFor();
    await page.goto(`${site.lineUrl}/creator/payouts/${encodeURIComponent(await payoutOf(mine))}`);
    await page.getByText('It has arrived in your payment account.').waitFor();
  });

  const tokenOf = (creator?: TestCreator) =>
    site.token({ role: 'CREATOR', sub: 'creator', creatorId: creator?.id ?? '' });

  async function payoutOf(creator?: TestCreator): Promise<string> {
    const { rows } = await site.world.db.pool.query(
      'SELECT id FROM payouts WHERE creator_id = $1 ORDER BY created_at LIMIT 1',
      [creator?.id],
    );
    return globalId('Payout', rows[0].id);
  }

  async function pay(creator: TestCreator | undefined, amountCents: number): Promise<void> {
    const query = `mutation ($input: CreatePayoutInput!) {
      createPayout(input: $input) { __typename ... on Error { message } } }`;
    const input = {
      creatorId: globalId('Creator', creator?.id ?? ''),
      amountCents,
      idempotencyKey: `e2e-${amountCents}`,
    };
    const { data, errors } = await post(site.url, { query, variables: { input } }, await site.token());
    expect(errors).toBeUndefined();
    expect(data.createPayout).toEqual({ __typename: 'CreatePayoutPayload' });
  }

  test('a role that does not fit is told so, with the way to its own page', async () => {
    const { page } = await open('/admin', await tokenOf(creators[3]));
    await page.getByText('This page is for admins').waitFor();
    await page.getByRole('link', { name: 'Go to my payouts' }).click();
    await page.getByText('On its way to you').waitFor();
  });

  test('the token leaves the address at once and stays in this tab alone', async () => {
    const { page } = await open('/admin', await site.token());
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(page.url()).toBe(`${site.lineUrl}/admin`);
    const kept = await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie]);
    expect(kept).toEqual([1, 0, '']);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  test('a session ends with its token, and nothing of it stays', async () => {
    const { page } = await open('/admin/payouts', await site.token(ADMIN, 4));
    await page.locator('[data-row="0"]').waitFor();
    await page.getByText('Your session has ended').waitFor();
    expect(await page.getByText('$12.50').count()).toBe(0);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  test('a token that the server does not take ends the session too', async () => {
    const [head, body] = (await site.token()).split('.');
    const { page } = await open('/admin', `${head}.${body}.AAAA`);
    await page.getByText('Your session has ended').waitFor();
  });

  test('a stranger is asked to sign in, and comes back to the same page', async () => {
    const { page } = await open('/admin/payouts?status=FAILED', null);
    const link = page.getByRole('link', { name: 'Sign in' });
    const address = new URL((await link.getAttribute('href')) ?? '');
    expect(address.searchParams.get('return_to')).toBe(`${site.lineUrl}/admin/payouts?status=FAILED`);
  });

  test('while payouts are paused every page says so', async () => {
    const { page } = await open('/admin', await site.token());
    await page.getByRole('button', { name: 'Pause payouts' }).click();
    await page.getByLabel('Why').fill('Stripe’s status page is red');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause payouts' }).click();
    for (const name of ['Payouts', 'Creators', 'Alerts']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { name, exact: true }).waitFor();
      await page.getByText('Payouts are paused. Nothing is sent.').waitFor();
    }
    await page.getByRole('region', { name: 'Payouts are paused' }).getByRole('button').click();
    await page.getByLabel('What has been mended').fill('It is green again');
    await page.getByRole('dialog').getByRole('button', { name: 'Resume payouts' }).click();
    await page.getByText('Payouts are paused. Nothing is sent.').waitFor({ state: 'hidden' });
  });
});
