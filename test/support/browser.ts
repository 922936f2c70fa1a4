// Debian's Chromium, driven by playwright-core, against the built product: the dashboards as people have them.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** CHROMIUM, or the first of the usual names on PATH; null, said loudly: there is none. */
export async function findChromium(): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const files = folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  for (const file of [process.env.CHROMIUM ?? [], files].flat()) {
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  console.warn(
    '\n*** NO CHROMIUM: THE DASHBOARDS ARE NOT TESTED. Install it, or name it by CHROMIUM=… ***\n',
  );
  return null;
}

export const launch = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

export interface Tab {
  page: Page;
  /** What the browser complained about: errors of scripts, and what the page's own policy forbade. */
  complaints: string[];
  /** How often a document was loaded. */
  loads(): number;
  close(): Promise<void>;
}

const READER: BrowserContextOptions = {
  locale: 'en-US',
  timezoneId: 'Europe/Berlin',
  viewport: { width: 1280, height: 800 },
};

/** A window of its own, signed in as the platform does it: by a token in the fragment. `prepare`: before it is opened. */
export async function openTab(
  browser: Browser,
  address: string,
  token: string | null,
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Tab> {
  const context = await browser.newContext({ ...READER, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  let loads = 0;
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/content security policy|trusted/i.test(message.text())) complaints.push(message.text());
  });
  page.on('domcontentloaded', () => {
    loads += 1;
  });
  await prepare?.(page);
  await page.goto(token ? `${address}#token=${token}` : address);
  return { page, complaints, loads: () => loads, close: () => context.close() };
}
