// Every page of the dashboards in light and dark, wide and narrow: nothing that axe finds, nothing that runs out of a narrow
// screen; by keyboard alone; and a list without an end in a page that does not grow. SCREENSHOTS=folder keeps a picture of each.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launch, openTab } from '../support/browser.js';
import { type Dashboards, startDashboards } from '../support/dashboards.js';
import { keyboardOf } from '../support/keyboard.js';
import { fillShowcase, SHOWCASE, type Showcase, showcaseFile } from '../support/showcase.js';

const executable = await findChromium();
const pictures = process.env['SCREENSHOTS'];
/** SCROLL_ROWS=100000 scrolls through as many as the largest platforms have. */
const ROWS = Number(process.env['SCROLL_ROWS'] ?? 2_400);
/** Rows after which the page has come to its size. */
const EARLY = 400;
/** Bytes by which the page may be larger at the end than there, however many rows lie between. */
const MOST_GROWTH = 1_000_000;
const ROW_HEIGHT = 56;
const STEP = 40;

const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 360, height: 780 };

interface PageToSee {
  name: string;
  path: (showcase: Showcase) => string;
  /** Stands there when the page is whole. */
  whole: string;
  prepare?: (page: Page) => Promise<unknown>;
}

const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).click();
/** Not who asked for the showcase's payouts. */
const SECOND = { role: 'ADMIN', sub: 'second@platform' } as const;
const idOf = (id: string) => encodeURIComponent(id);
const withCharts = (page: Page) =>
  page.locator('.recharts-bar-rectangle').first().waitFor({ state: 'attached' });

const pressedTabIsIn = (page: Page) =>
  page.locator('search fieldset [aria-pressed=true]').evaluate((tab) => {
    const { left, right } = tab.getBoundingClientRect();
    return left >= 0 && right <= innerWidth;
  });

const withRows = (page: Page) => page.locator('[data-row="0"] a').waitFor();

const statementFile = () => ({
  name: 'june-2026.tsv',
  mimeType: 'text/tab-separated-values',
  buffer: Buffer.from(showcaseFile()),
});

const ADMIN_PAGES: PageToSee[] = [
  { name: 'overview', path: () => '/admin', whole: 'Money paid', prepare: withCharts },
  {
    name: 'overview-table',
    path: () => '/admin',
    whole: 'Money paid',
    prepare: (page) => page.getByRole('button', { name: 'As a table' }).first().click(),
  },
  { name: 'payouts', path: () => '/admin/payouts', whole: 'Retrying' },
  {
    name: 'payouts-filtered',
    path: () => '/admin/payouts?status=FAILED&min=50',
    whole: 'Amount from',
    // Also where not all of them have room.
    prepare: (page) => expect.poll(() => pressedTabIsIn(page)).toBe(true),
  },
  { name: 'payout', path: ({ payouts }) => `/admin/payouts/${idOf(payouts.completed)}`, whole: 'Attempt 1' },
  {
    name: 'payout-failed',
    path: ({ payouts }) => `/admin/payouts/${idOf(payouts.failed)}`,
    whole: 'Attempt 1',
  },
  {
    name: 'payout-retry',
    path: ({ payouts }) => `/admin/payouts/${idOf(payouts.failed)}`,
    whole: 'Attempt 1',
    prepare: press('Retry now'),
  },
  {
    name: 'statements',
    path: () => '/admin/statements',
    whole: 'Choose a statement file',
    prepare: (page) => page.locator('[data-row="0"]').waitFor(),
  },
  {
    name: 'statements-file',
    path: () => '/admin/statements',
    whole: 'Choose a statement file',
    prepare: async (page) => {
      await page.locator('input[type=file]').setInputFiles(statementFile());
      await page.getByText('Line by line').click();
      await page.getByText('Each statement').click();
      await page.evaluate(() => scrollTo({ top: 0 }));
    },
  },
  {
    name: 'runs',
    path: () => '/admin/runs',
    whole: 'Which period?',
    prepare: async (page) => {
      await press('See what would be paid')(page);
      await page.getByText('In all').waitFor();
    },
  },
  { name: 'run', path: ({ run }) => `/admin/runs/${idOf(run)}`, whole: 'Its payouts', prepare: withRows },
  {
    name: 'payout-held',
    path: ({ payouts }) => `/admin/payouts/${idOf(payouts.held)}`,
    whole: 'It is on hold.',
  },
  {
    name: 'payout-approve',
    path: ({ payouts }) => `/admin/payouts/${idOf(payouts.large)}`,
    whole: 'It waits for the approval',
    prepare: press('Approve'),
  },
  {
    name: 'creators-searched',
    path: () => '/admin/creators?q=nova&can=paid',
    whole: 'Nova Reyes',
  },
  { name: 'creators', path: () => '/admin/creators', whole: 'Set-up not finished' },
  {
    name: 'creator',
    path: ({ creators }) => `/admin/creators/${idOf(btoa(`Creator:${creators[0]?.id}`))}`,
    whole: 'On to the bank',
  },
  { name: 'reconciliation', path: () => '/admin/reconciliation', whole: 'A transfer that is not ours' },
  { name: 'events', path: () => '/admin/events', whole: 'Applied' },
  { name: 'alerts', path: () => '/admin/alerts', whole: 'I’ll look after it' },
  {
    name: 'keys',
    path: () => '/admin/alerts',
    whole: 'I’ll look after it',
    prepare: (page) => page.keyboard.press('?'),
  },
  {
    name: 'pause',
    path: () => '/admin/alerts',
    whole: 'I’ll look after it',
    prepare: async (page) => {
      if (page.viewportSize()?.width === NARROW.width) await press('Menu')(page);
      await press('Pause payouts')(page);
    },
  },
];

const CREATOR_PAGES: PageToSee[] = [
  { name: 'creator-home', path: () => '/creator', whole: 'Arrived in all' },
  { name: 'creator-history', path: () => '/creator/payouts', whole: 'Paid' },
  {
    name: 'creator-payout',
    path: ({ payouts }) => `/creator/payouts/${idOf(payouts.retrying)}`,
    whole: 'Where it stands',
  },
  { name: 'creator-statement', path: () => '/creator/statement', whole: 'in all' },
  {
    name: 'creator-payout-partly-back',
    path: ({ payouts }) => `/creator/payouts/${idOf(payouts.partlyBack)}`,
    whole: '$250.00 of it was taken back afterwards; $650.00 stays with you.',
  },
];

const LOOKS = [
  { look: 'light-wide', colorScheme: 'light', viewport: WIDE },
  { look: 'dark-wide', colorScheme: 'dark', viewport: WIDE },
  { look: 'light-narrow', colorScheme: 'light', viewport: NARROW },
  { look: 'dark-narrow', colorScheme: 'dark', viewport: NARROW },
] as const;

/** Both themes and both widths, in turn; with pictures each page in all four. */
const SEEN = pictures ? LOOKS : LOOKS.filter(({ look }) => look === 'light-wide' || look === 'dark-narrow');

const takenIn = (look: (typeof LOOKS)[number], pages: readonly PageToSee[]) =>
  pages.filter((_, i) => pictures || i % SEEN.length === SEEN.indexOf(look));

describe.runIf(executable)('every page', () => {
  let browser: Browser;
  let site: Dashboards;
  let showcase: Showcase;
  let axe: string;

  beforeAll(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    [browser, site] = await Promise.all([
      launch(executable ?? ''),
      startDashboards({ STRIPE_MAX_RPS: '1000', ...SHOWCASE }, { ownClock: true }),
    ]);
    showcase = await fillShowcase(site, pictures ? 34 : 3);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  async function see(
    pages: readonly PageToSee[],
    token: string,
    look: (typeof LOOKS)[number],
  ): Promise<void> {
    const { page, complaints, close } = await openTab(
      browser,
      `${site.url}${pages[0]?.path(showcase)}`,
      token,
      {
        colorScheme: look.colorScheme,
        viewport: look.viewport,
        reducedMotion: 'reduce',
      },
    );
    await page.evaluate(axe);
    for (const one of takenIn(look, pages)) await seeOne(page, one, look.look);
    expect(complaints).toEqual([]);
    await close();
  }

  async function seeOne(
    page: Page,
    { name, path: at, whole, prepare }: PageToSee,
    look: string,
  ): Promise<void> {
    await page.goto(`${site.url}${at(showcase)}`);
    await page.getByText(whole).filter({ visible: true }).first().waitFor();
    await prepare?.(page);
    if (pictures) await keepPicture(page, path.join(pictures, `${name}-${look}.png`));
    await page.evaluate(axe);
    expect.soft(await violationsOf(page), `${name}, ${look}`).toEqual([]);
    const { scroll, width } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      width: innerWidth,
    }));
    expect.soft(scroll, `${name}, ${look}: how wide it is`).toBeLessThanOrEqual(width);
  }

  /** As high as the page is, so that what is as high as the window reaches its end; a long list ends somewhere. */
  async function keepPicture(page: Page, file: string): Promise<void> {
    const before = page.viewportSize() ?? WIDE;
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({
      width: before.width,
      height: Math.min(Math.max(height, before.height), 1_500),
    });
    await page.waitForTimeout(400);
    await page.screenshot({ path: file });
    await page.setViewportSize(before);
  }

  test.each(SEEN)('an admin’s, $look', async (look) => see(ADMIN_PAGES, await site.token(), look), 120_000);

  test.each(SEEN)(
    'a creator’s, $look',
    async (look) => see(CREATOR_PAGES, await creatorToken(), look),
    120_000,
  );

  const creatorToken = (which = 1) =>
    site.token({ role: 'CREATOR', sub: 'creator', creatorId: showcase.creators[which]?.id ?? '' });

  test('whoever is not signed in, and whoever is lost', async () => {
    const { page } = await openTab(browser, `${site.url}/admin`, null);
    await page.getByText('Sign in to see payouts').waitFor();
    await page.evaluate(axe);
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(`${site.url}/admin/nothing#token=${await site.token()}`);
    await page.getByText('This page does not exist').waitFor();
    await page.evaluate(axe);
    expect(await violationsOf(page)).toEqual([]);
  });

  test('by keyboard alone: search, rows, a payout, its retry, and the help', async () => {
    const { page } = await openTab(browser, `${site.url}/admin/payouts`, await site.token());
    const { keyboard } = page;
    const hand = keyboardOf(page);
    await page.locator('[data-row="0"]').waitFor();
    await keyboard.press('/');
    await keyboard.type('Ida');
    await page.waitForURL(/q=Ida/);
    await page.locator('[data-row="0"]', { hasText: 'Ida Quist' }).waitFor();
    await keyboard.press('Escape');
    expect(await page.locator('[data-search]').inputValue()).toBe('Ida');
    for (const key of ['j', 'j', 'k']) await keyboard.press(key);
    expect(await page.evaluate(() => document.activeElement?.closest('tr')?.dataset['row'])).toBe('0');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: '$213.00' }).waitFor();
    await page.getByRole('button', { name: 'Retry now' }).waitFor();
    // It has ended: there is nothing to reject.
    expect(await page.getByRole('button', { name: 'Reject' }).count()).toBe(0);
    await hand.press('Retry now');
    await page.getByRole('dialog').waitFor();
    await hand.press('Retry now');
    await page.getByRole('main').locator('header').getByText('Paid', { exact: true }).waitFor();
    await keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('by keyboard alone: what was held is released, and a run is looked at and paid', async () => {
    const { payouts } = showcase;
    const address = `${site.url}/admin/payouts/${idOf(payouts.held)}`;
    const { page, close } = await openTab(browser, address, await site.token());
    const { keyboard } = page;
    const hand = keyboardOf(page);
    await page.getByText('It is on hold.').waitFor();
    await hand.press('Release');
    await page.getByRole('dialog').waitFor();
    await hand.to(/^Why/);
    await keyboard.type('The letter has come');
    await keyboard.press('Enter');
    await page.getByText('It is on hold.').waitFor({ state: 'hidden' });
    await hand.press('Runs');
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    await hand.press('See what would be paid');
    await page.getByText('In all').waitFor();
    await hand.press(/^Pay \$/);
    await page.getByRole('dialog').waitFor();
    await hand.press(/^Pay \$/);
    await page.waitForURL(/\/runs\/./);
    await page.getByText(/^All \d+ are paid/).waitFor();
    await close();
  });

  test('by keyboard alone: a file is chosen, looked at and imported, and its run is looked at', async () => {
    const { page, close } = await openTab(browser, `${site.url}/admin/statements`, await site.token());
    const hand = keyboardOf(page);
    await page.locator('[data-row="0"]').waitFor();
    const chooser = page.waitForEvent('filechooser');
    await hand.press(/^Choose a statement file/);
    await (await chooser).setFiles(statementFile());
    await page.getByText('Nova Reyes & Ida Quist', { exact: true }).waitFor();
    // What has come has the focus: the button is near.
    await hand.press(/^Import \$/);
    await page.getByText('12 statements are in').first().waitFor();
    await hand.press('See what would be paid');
    await page.getByText('What would be paid for Jun').waitFor();
    await close();
  });

  test('by keyboard alone: all that an admin does, each with the focus where one goes on', async () => {
    const { page, close } = await openTab(browser, `${site.url}/admin`, await site.token(SECOND));
    const hand = keyboardOf(page);
    const goTo = async (place: RegExp, heading: string) => {
      await hand.press(place, 'Shift+Tab');
      await hand.focusIs('h1', heading);
    };
    await page.getByText('3 things need you').waitFor();
    await hand.press('Skip to the page');
    await hand.focusIs('main', /./);
    await hand.press('I’ll look after it');
    await hand.says('It is yours to look after');
    await hand.focusIs('h2', '3 things need you');
    await hand.press('Weeks');
    await page.getByText('Last 12 weeks').waitFor();
    await hand.press('As a table');
    await hand.to('Money paid, as a table');

    await goTo(/^Alerts/, 'Alerts');
    await hand.press('Over');
    await page.getByRole('button', { name: 'Over', pressed: true }).waitFor();
    await hand.press('Open', 'Shift+Tab');
    await page.getByText('See the payout').waitFor();
    await hand.press('See the payout');
    await hand.focusIs('h1', '$900.00');
    await hand.press('The Paper Lanterns');
    await hand.focusIs('h1', 'The Paper Lanterns');

    await goTo(/^Stripe events/, 'Stripe events');
    await hand.press('Set aside');
    await page.getByRole('button', { name: /^Apply again/ }).waitFor();
    await hand.press(/^Apply again/);
    await hand.says('It was tried once more: Set aside');

    await goTo(/^Reconciliation/, 'Reconciliation');
    await hand.press('Compare now');
    await hand.confirm('Compare');
    await hand.says('The comparison has begun');
    await hand.focusIs('button', 'Compare now');
    await page.getByText('Done').nth(1).waitFor();
    await hand.press('Resolve');
    await page.getByRole('dialog').waitFor();
    await hand.type('Another system made it.');
    await hand.press('Ask Stripe and repair');
    await page
      .getByRole('alert')
      .getByText(/no payout/)
      .waitFor();
    await hand.press('Mark as resolved');
    await hand.says('The difference is resolved');
    await hand.focusIs('h2', 'Differences');
    await hand.press('Resolved');
    await page.getByText('Another system made it.').waitFor();

    await goTo(/^Creators/, 'Creators');
    await hand.press('Can be paid');
    await hand.key('/');
    await hand.type('nova');
    await page.waitForURL(/q=nova/);
    await page.locator('[data-row="0"]', { hasText: 'Nova Reyes' }).waitFor();
    await hand.press('Nova Reyes');
    await hand.focusIs('h1', 'Nova Reyes');
    await hand.to(/^Year/);
    await hand.key('ArrowDown');
    expect(await hand.saves('Page')).toBe(`statement-${new Date().getUTCFullYear() - 1}.html`);
    await hand.press('Filter and sort');
    await hand.focusIs('h1', 'Payouts');
    expect(await hand.saves('CSV')).toMatch(/\.csv$/);
    await hand.press(/^Paid/);
    await page.waitForURL(/status=COMPLETED/);
    await hand.press(/^Payouts of all creators/);
    await hand.focusIs('h1', 'Payouts');
    await hand.press('Amount');
    await page.waitForURL(/sort=-amount/);
    await page.locator('[data-row="0"] a').waitFor();
    await hand.focusIs('button', 'Amount');
    await hand.press('Filters', 'Shift+Tab');
    await hand.to('Amount from');
    await hand.type('100');
    await hand.key('Enter');
    await page.waitForURL(/min=100/);
    await hand.press('To approve', 'Shift+Tab');
    await page.locator('[data-row="0"]', { hasText: 'Teodora Lind' }).waitFor();
    await hand.key('j');
    await hand.key('Enter');
    await hand.focusIs('h1', '$2,640.00');
    await hand.press('Hold');
    await hand.confirm('Hold', 'A letter is awaited');
    await hand.says('The payout is on hold');
    await page.getByText('It is on hold.').waitFor();
    await hand.focusIs('h1', '$2,640.00');
    await hand.press('Release');
    await hand.confirm('Release', 'It has come');
    await page.getByText('It is on hold.').waitFor({ state: 'hidden' });
    await hand.focusIs('h1', '$2,640.00');
    await hand.press('Reject');
    await page.getByRole('dialog').waitFor();
    await hand.key('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hand.focusIs('button', 'Reject');
    await hand.press('Approve', 'Shift+Tab');
    await hand.confirm('Approve', 'It is right');
    await hand.says('The payout is approved');
    await page.getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' });
    await hand.focusIs('h1', '$2,640.00');
    expect(await hand.saves('Save as a page')).toMatch(/\.html$/);

    await hand.press('Pause payouts', 'Shift+Tab');
    await hand.confirm('Pause payouts', 'Stripe’s status page is red');
    await page.getByText('Payouts are paused. Nothing is sent.').waitFor();
    await hand.press('Resume payouts');
    await hand.confirm('Resume payouts', 'It is green again');
    await page.getByText('Payouts are paused. Nothing is sent.').waitFor({ state: 'detached' });
    await hand.focusIs('h1', '$2,640.00');
    await hand.press(/^Theme: as the system/);
    await hand.focusIs('button', '');
    await hand.press('Keys', 'Shift+Tab');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await hand.focusIs('input', '');
    await hand.key('Space');
    await hand.key('Escape');
    await hand.key('?');
    await hand.press('Sign out');
    await hand.focusIs('h1', 'You are signed out');
    expect(await page.evaluate(() => localStorage.length)).toBe(2);
    await close();
  }, 60_000);

  test('by keyboard alone: the menu of a narrow screen', async () => {
    const { page, close } = await openTab(browser, `${site.url}/admin/alerts`, await site.token(), {
      viewport: NARROW,
    });
    const hand = keyboardOf(page);
    const menu = page.getByRole('dialog');
    await page.getByRole('heading', { name: 'Alerts' }).waitFor();
    await hand.press('Menu');
    await menu.waitFor();
    await hand.key('Escape');
    await menu.waitFor({ state: 'detached' });
    await hand.focusIs('button', '');
    await hand.key('Enter');
    await hand.press('Runs');
    await hand.focusIs('h1', 'Runs');
    await menu.waitFor({ state: 'detached' });
    await hand.press('Menu', 'Shift+Tab');
    await hand.press('Runs');
    await menu.waitFor({ state: 'detached' });
    await close();
  });

  test('by keyboard alone: all that a creator does', async () => {
    const { page, close } = await openTab(browser, `${site.url}/creator`, await creatorToken(), {}, (page) =>
      page.addInitScript(() => {
        Object.assign(globalThis, { print: () => localStorage.setItem('printed', 'yes') });
      }),
    );
    const hand = keyboardOf(page);
    await page.getByText('Arrived in all').waitFor();
    await hand.press('Whole history');
    await hand.focusIs('h1', 'History');
    await hand.press('Arrived');
    await page.locator('[data-row="0"] a').waitFor();
    await hand.press(/^[A-Z][a-z]+ \d+, /);
    await page.getByText('It has arrived in your payment account.').waitFor();
    await hand.press('History');
    await hand.focusIs('h1', 'History');
    await hand.press('Year’s statement', 'Shift+Tab');
    await hand.focusIs('h1', /^Statement of/);
    await hand.press('Print');
    expect(await page.evaluate(() => localStorage.getItem('printed'))).toBe('yes');
    expect(await hand.saves('Page')).toMatch(/\.html$/);
    expect(await hand.saves('CSV')).toMatch(/\.csv$/);
    await hand.to(/^Year/, 'Shift+Tab');
    await hand.key('ArrowDown');
    await hand.focusIs('select', /\d/);
    await page.getByText('Nothing arrived in this year').waitFor();
    await page.goto(`${site.url}/creator#token=${await creatorToken(3)}`);
    await page.getByText('Stripe needs something from you').waitFor();
    await hand.press('Go on at Stripe');
    await page.waitForURL(`${site.world.simulatorUrl}/**`);
    await close();
  });

  test('a list without an end: few rows in the page, few pages in memory, and back to where one was', async () => {
    await manyPayouts(ROWS);
    const { page, close } = await openTab(browser, `${site.url}/admin/payouts`, await site.token());
    await page.locator('[data-row="0"]').waitFor();
    // So far the scripts themselves come to be compiled, and the first pages let go.
    await scrollThrough(page, 0, EARLY);
    const early = await heapOf(page);
    await scrollThrough(page, EARLY, ROWS - 40);
    const growth = (await heapOf(page)) - early;
    console.log(
      `${ROWS} rows: the page's heap is ${Math.round(growth / 1000)} kB larger than after ${EARLY}`,
    );
    expect(growth).toBeLessThan(MOST_GROWTH);
    expect(await page.locator('[data-row]').count()).toBeLessThan(80);
    const row = page.locator(`[data-row="${ROWS - 40}"] [data-row-link]`);
    await row.click();
    await page.getByText('About it').waitFor();
    await page.goBack();
    await row.waitFor();
    await page.evaluate(() => scrollTo({ top: 0 }));
    await page.locator('[data-row="0"] [data-row-link]').waitFor();
    await close();
  }, 600_000);

  /** Rows of the past, as a database has them that was brought over: what is looked at here is the list alone. */
  const manyPayouts = (rows: number) =>
    site.world.db.pool.query(
      `INSERT INTO payouts (id, creator_id, amount_cents, currency, status, stripe_transfer_id, created_at, updated_at, processed_at)
       SELECT 'many' || i, $1, 1000 + i, 'usd', 'COMPLETED', 'tr_many' || i, moment, moment, moment
       FROM generate_series(1, $2::int) i, LATERAL (SELECT clock.now() - interval '1 year' - i * interval '1 minute') t(moment)`,
      [showcase.creators[0]?.id, rows],
    );

  /** As a reader does: never faster than rows come. */
  const scrollThrough = (page: Page, from: number, to: number) =>
    page.evaluate(
      async ([first, last, height, step]) => {
        const isThere = (row: number) =>
          document.querySelector(`[data-row="${row}"] [data-row-link]`) !== null;
        for (let row = first; row <= last; row += step) {
          // The page grows as rows come: one may have to scroll on.
          do {
            scrollTo({ top: row * height });
            await new Promise((resolve) => requestAnimationFrame(resolve));
          } while (!isThere(row));
        }
      },
      [from, to, ROW_HEIGHT, STEP] as const,
    );

  /** Bytes that the page's scripts hold, with nothing in them that could be let go. */
  async function heapOf(page: Page): Promise<number> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize;
  }
});

/** What axe finds, by rule and place. */
async function violationsOf(page: Page): Promise<unknown[]> {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          where: Document,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.map(({ id, nodes }) => [
      id,
      nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`),
    ]);
  });
}
