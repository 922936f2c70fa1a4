// What admins and creators do with the dashboards, in a real browser against the built product: a file imported and its run
// of 200 payouts watched through a lost network, a failed one held, released and retried, a large one approved by a second
// admin, a creator who hears its own and sets up its account, and sessions that go on and end.
import { readFile } from 'node:fs/promises';
import type { Browser, Locator, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { globalId } from '../graphql/ask.js';
import { findChromium, launch, openTab, type Tab } from '../support/browser.js';
import { type Dashboards, startDashboards } from '../support/dashboards.js';
import { ADMIN, post } from '../support/running-app.js';
import { addCreator, type TestCreator } from '../support/world.js';

const executable = await findChromium();
const CREATORS = 200;
const CENTS = 1_250;
/** More than this waits for a second admin. */
const APPROVAL_ABOVE_CENTS = 100_000;
/** Where Stripe sends creators back to. */
const BACK = 'http://payouts.example';

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
      startDashboards({
        STRIPE_MAX_RPS: '60',
        PAYOUT_RETRY_DELAYS: '1h',
        PAYOUT_APPROVAL_ABOVE_CENTS: String(APPROVAL_ABOVE_CENTS),
        PUBLIC_URL: BACK,
        IMPORT_MAX_SIZE: '1MB',
      }),
    ]);
    creators = await Promise.all(Array.from({ length: CREATORS }, () => addCreator(site.world)));
  }, 60_000);
  afterEach(async () => {
    site.line.mend();
    for (const { complaints, close } of tabs.splice(0)) {
      await close();
      expect(complaints).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** A distributor's file of August, as large as the month. */
  const august = () => ({
    name: 'august.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      `creator_email,period_start,period_end,amount_cents\n${creators
        .map(({ email }) => `${email},2026-08-01,2026-08-31,${CENTS}\n`)
        .join('')}`,
    ),
  });

  /** By the browser's own dialog. */
  async function chooseFile(page: Page, file: ReturnType<typeof august>): Promise<void> {
    const chooser = page.waitForEvent('filechooser');
    await page.getByText('Choose a statement file').click();
    await (await chooser).setFiles(file);
  }

  async function open(
    path: string,
    token: string | null,
    prepare?: (page: Page) => Promise<unknown>,
  ): Promise<Tab> {
    const tab = await openTab(browser, `${site.lineUrl}${path}`, token, {}, prepare);
    tabs.push(tab);
    return tab;
  }

  /** The page's own clock, which the test can move. */
  const withClock = (page: Page) => page.clock.install();

  /** The first creator's transfer is refused for good, until somebody retries it. */
  const refuseOne = () =>
    site.world.simulator.fault({
      fault: 'stripe_error',
      code: 'account_invalid',
      match: { method: 'POST', path: '/v1/transfers', destination: creators[0]?.accountId ?? '' },
    });

  test('a file is imported, a run of its 200 payouts is previewed, paid, and watched to its end through a lost network', async () => {
    await refuseOne();
    const { page, loads } = await open('/admin/statements', await site.token());
    await page.getByText('No statements yet').waitFor();
    await chooseFile(page, august());
    await page
      .getByText(/Aug 1\s–\s31, 2026/)
      .first()
      .waitFor();
    expect(await statementCount()).toBe(0);
    await page.getByRole('button', { name: 'Import $2,500.00' }).click();
    await page.getByText('200 statements are in', { exact: true }).first().waitFor();
    expect(await statementCount()).toBe(CREATORS);
    await page.locator('[data-row="0"]', { hasText: '$12.50' }).waitFor();
    await page.getByRole('link', { name: 'See what would be paid' }).click();
    await page.getByRole('button', { name: 'Pay $2,500.00' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pay $2,500.00' }).click();
    await page.waitForURL(/\/runs\/./);
    await page.getByText(/^[1-9]\d* of 200 are paid/).waitFor();
    site.line.cut();
    await page.getByText(/connection is lost/).waitFor();
    await completedInDatabase();
    expect(await page.getByText(/^199 of 200 are paid/).count()).toBe(0);
    site.line.mend();
    await comesBack(page);
    await page.getByText(/^199 of 200 are paid/).waitFor();
    await page.getByText(/connection is lost/).waitFor({ state: 'hidden' });
    expect(loads()).toBe(1);
    await page.reload();
    await page.getByText(/^199 of 200 are paid/).waitFor();
  }, 90_000);

  async function statementCount(): Promise<number> {
    const { rows } = await site.world.db.pool.query('SELECT count(*)::int AS count FROM royalty_statements');
    return rows[0].count;
  }

  test('a file that went in before is known; one that is none, or has bad rows, is told so in words', async () => {
    const { page } = await open('/admin/statements', await site.token());
    await chooseFile(page, august());
    await page.getByText('This file was imported before').waitFor();
    await page.getByRole('button', { name: 'Another file' }).click();
    await chooseFile(page, { ...august(), name: 'x.csv', buffer: Buffer.from('<html>') });
    await page.getByRole('alert').getByText('This is no statement file that we know.').waitFor();
    await chooseFile(page, { ...august(), buffer: Buffer.alloc(3_000_000, 'x') });
    await page.getByText('The file is larger than 1 MB, the most that is taken here.').waitFor();
    const [header, first, second] = august().buffer.toString().split('\n');
    const text = [
      header,
      first?.replaceAll('-08-', '-07-'),
      second?.replace('-31', '-30'),
      `nobody@x.y,2026-07-01,2026-07-31,99`,
    ];
    await chooseFile(page, { ...august(), name: 'july.csv', buffer: Buffer.from(`${text.join('\n')}\n`) });
    await page.getByText('Nobody is known by this name').waitFor();
    await page.getByText('Line by line').click();
    await page.getByText('Line 4:').waitFor();
    await page.getByRole('button', { name: 'Import $12.50' }).waitFor();
    await page.getByLabel(/are other earnings/).click();
    await page.getByRole('button', { name: 'Import $25.00' }).waitFor();
    await page.getByLabel(/are other earnings/).click();
    // Somebody else's import has left half a dollar since: it is shown before it is taken.
    await page.getByRole('button', { name: 'Import $12.50' }).waitFor();
    await site.world.db.pool.query('UPDATE creators SET royalty_carry = 0.5 WHERE id = $1', [
      creators[0]?.id,
    ]);
    await page.getByRole('button', { name: 'Import $12.50' }).click();
    await page.getByText('Something has changed since you looked').waitFor();
    expect(await statementCount()).toBe(CREATORS);
    await page.getByRole('button', { name: 'Import $13.00' }).click();
    await page.getByText('1 statement is in', { exact: true }).waitFor();
    expect(await statementCount()).toBe(CREATORS + 1);
  }, 30_000);

  /** What a browser says when its network is back. */
  const comesBack = (page: Page) => page.evaluate(() => void dispatchEvent(new Event('online')));

  const completedInDatabase = () =>
    expect
      .poll(
        async () => {
          const { rows } = await site.world.db.pool.query(
            `SELECT count(*)::int AS count FROM payouts WHERE status = 'COMPLETED'`,
          );
          return rows[0].count;
        },
        { timeout: 40_000 },
      )
      .toBe(CREATORS - 1);

  test('a failed one is found, held, released, retried, and seen to be paid, with all that is known of it', async () => {
    const { page, loads } = await open('/admin', await site.token());
    await page.getByRole('link', { name: /^Failed/ }).click();
    await page.locator('[data-row="0"] a').click();
    await page.getByText('It is not tried again by itself.').first().waitFor();
    await page.getByRole('region', { name: 'E-mails' }).getByText('It could not be paid').waitFor();
    await decide(page, 'Hold', 'The artist wrote to us');
    await page.getByText('It is on hold.').waitFor();
    expect(await page.getByRole('button', { name: 'Retry now' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Payouts', exact: true }).first().click();
    await page.getByRole('button', { name: 'On hold' }).click();
    await page.locator('[data-row="0"] a').click();
    await decide(page, 'Release', 'It is settled');
    await page.getByText('It is on hold.').waitFor({ state: 'hidden' });
    await decide(page, 'Retry now');
    await statusOf(page, 'Paid');
    await page.getByText('Attempt 2').waitFor();
    await page.getByRole('region', { name: 'Told by Stripe' }).getByText('Transfer created').waitFor();
    await page.getByRole('region', { name: 'E-mails' }).getByText('It has arrived').waitFor();
    const audit = page.getByRole('region', { name: 'Audit' });
    for (const row of ['Put on hold', 'The artist wrote to us', 'Released', 'Retry asked for'])
      await audit.getByText(row, { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Retry now' }).count()).toBe(0);
    expect(loads()).toBe(1);
  }, 30_000);

  /** Presses a button of the page, says why where that is asked, and confirms. */
  async function decide(page: Page, name: string, why?: string): Promise<void> {
    await page.getByRole('button', { name, exact: true }).click();
    const dialog = page.getByRole('dialog');
    if (why) await dialog.getByLabel('Why').fill(why);
    await dialog.getByRole('button', { name, exact: true }).click();
  }

  test('a large one waits for a second admin: who asked for it cannot approve it', async () => {
    await pay(creators[9], APPROVAL_ABOVE_CENTS + 1);
    const { page, loads } = await open('/admin/payouts?wait=approval', await site.token());
    await page.locator('[data-row="0"] a').click();
    await page.getByText('It waits for the approval of a second admin.').waitFor();
    await decide(page, 'Approve', 'It is right');
    await page
      .getByRole('alert')
      .getByText(/asked for/)
      .waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    // The second admin takes the same tab over.
    await bring(page, await site.token({ role: 'ADMIN', sub: 'second@platform' }));
    await decide(page, 'Approve', 'It is right');
    await statusOf(page, 'Paid');
    await page.getByText('second@platform').first().waitFor();
    expect(loads()).toBe(1);
  });

  /** As the platform brings a fresh token into a tab that is open. */
  const bring = (page: Page, token: string) =>
    page.evaluate((text) => {
      location.hash = `token=${text}`;
    }, token);

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
    const { page } = await open('/admin/payouts', await site.token(), withClock);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.locator('[data-row="0"]').waitFor();
    site.line.silence();
    await pay(creators[8], 8_888);
    // Somebody is asked for a sign of life after five seconds, and waited for three.
    await page.clock.fastForward(5_000);
    await page.clock.fastForward(3_000);
    await page.clock.fastForward(15_000);
    await paidRow(page, '$88.88');
  });

  test('a place in the log that is there no more is forgotten, and all is read anew', async () => {
    const heard: string[] = [];
    const { page } = await open('/admin/payouts', await site.token(), async (page) => {
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => heard.push(String(payload))),
      );
      // The first answer says where the subscription begins.
      const lie = async (route: Route) => {
        const response = await route.fetch();
        const body = (await response.text()).replaceAll(/"cursor":"[^"]*"/g, '"cursor":"of another log"');
        await route.fulfill({ response, body });
      };
      await page.route('**/graphql', lie, { times: 1 });
    });
    await expect.poll(() => heard.some((frame) => frame.includes('CURSOR_EXPIRED'))).toBe(true);
    await page.getByText('Live', { exact: true }).first().waitFor();
    await page.locator('[data-row="0"]').waitFor();
    await pay(creators[10], 9_999);
    await paidRow(page, '$99.99');
  });

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

  test('a creator that cannot be paid yet sets up its account by the button, and is ready when it comes back', async () => {
    const newcomer = await addCreator(site.world, { ready: false });
    const { page } = await open('/creator', await tokenOf(newcomer), (page) =>
      page.route(`${BACK}/**`, (route) => route.fulfill({ body: 'back' })),
    );
    await page.getByText('Stripe needs something from you').waitFor();
    await page.getByRole('button', { name: 'Go on at Stripe' }).click();
    await page.getByRole('button', { name: 'Complete onboarding' }).click();
    await page.waitForURL(`${BACK}/creator`);
    await expect.poll(() => isReady(newcomer)).toBe(true);
    await page.goto(`${site.lineUrl}/creator`);
    await page.getByText('Nothing has arrived yet').waitFor();
    expect(await page.getByText('Stripe needs something from you').count()).toBe(0);
  });

  async function isReady({ id }: TestCreator): Promise<boolean> {
    const { pool } = site.world.db;
    const { rows } = await pool.query('SELECT transfers_enabled FROM creators WHERE id = $1', [id]);
    return rows[0].transfers_enabled;
  }

  test('creators are searched, one’s year is saved, and the list of its payouts as a CSV', async () => {
    const creator = creators[12];
    const { page } = await open('/admin/creators', await site.token());
    await page.getByRole('button', { name: 'Set-up not finished' }).click();
    await page.getByText('No creator fits').waitFor();
    await page.getByRole('button', { name: 'Can be paid' }).click();
    await page.getByLabel('Search creators').fill(creator?.email.slice(0, 20) ?? '');
    await page.waitForURL(/q=/);
    await page.locator('[data-row="0"]', { hasText: `Creator ${creator?.id}` }).waitFor();
    expect(await page.locator('[data-row]').count()).toBe(1);
    await page.locator('[data-row="0"] a').click();
    const year = new Date().getUTCFullYear();
    const statement = page.getByRole('region', { name: 'Year’s statement' });
    const [name, html] = await saved(page, statement.getByRole('button', { name: 'Page' }));
    expect(name).toBe(`statement-${year}.html`);
    expect(html).toContain('12.50');
    await page.getByRole('link', { name: 'Filter and sort' }).click();
    await page.getByRole('button', { name: /^Paid/ }).click();
    const [, csv] = await saved(page, page.getByRole('button', { name: 'CSV' }));
    expect(csv.trim().split('\r\n').slice(1)).toEqual([expect.stringContaining(`,${CENTS},usd,COMPLETED,`)]);
    await page.getByLabel('Search payouts').fill('x');
    await page.waitForURL(/q=x/);
    await page.getByRole('button', { name: 'CSV' }).click();
    await page.getByText(/A CSV can be narrowed by/).waitFor();
  });

  async function saved(page: Page, button: Locator): Promise<[name: string, text: string]> {
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return [download.suggestedFilename(), await readFile(await download.path(), 'utf8')];
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

  test('a fresh token goes on where the old one ends; one that does not hold ends the session', async () => {
    const sockets: string[][] = [];
    const asked: string[] = [];
    const { page, loads } = await open('/admin/payouts', await site.token(ADMIN, 4), async (page) => {
      page.on('websocket', (socket) => {
        const sent: string[] = [];
        sockets.push(sent);
        socket.on('framesent', ({ payload }) => sent.push(String(payload)));
      });
      page.on('request', (request) => asked.push(request.headers()['authorization'] ?? ''));
    });
    const until = Date.now() + 4_000;
    await page.locator('[data-row="0"]').waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    const row = await page.locator('[data-row="0"]').elementHandle();
    const fresh = await site.token(ADMIN, 3_600);
    await bring(page, fresh);
    await expect.poll(() => sockets[0]?.at(-1)).toContain(`Bearer ${fresh}`);
    await expect.poll(() => Date.now(), { timeout: 6_000 }).toBeGreaterThan(until + 500);
    await pay(creators[11], 4_444);
    await paidRow(page, '$44.44');
    expect([sockets.length, loads()]).toEqual([1, 1]);
    expect(await row?.evaluate((element) => element.isConnected)).toBe(true);
    expect(asked.at(-1)).toBe(`Bearer ${fresh}`);

    await bring(page, unsigned(fresh));
    await page.getByText('Your session has ended').waitFor();
    // It was the socket that was told so.
    expect(asked).not.toContain(`Bearer ${unsigned(fresh)}`);
    expect(await page.getByText('$12.50').count()).toBe(0);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  }, 30_000);

  const unsigned = (token: string) => `${token.split('.').slice(0, 2).join('.')}.AAAA`;

  test('a session ends with its token, by the clock alone', async () => {
    const { page } = await open('/admin/payouts', await site.token(ADMIN, 600), withClock);
    await page.locator('[data-row="0"]').waitFor();
    await page.clock.fastForward(601_000);
    await page.getByText('Your session has ended').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    // Nor does one that the server does not take begin.
    await bring(page, unsigned(await site.token(ADMIN, 6_000)));
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
