// Takes the pictures of docs/emails.md: `npm run email-pictures`. Each e-mail wide and narrow, by day and by night, in
// Chromium, which is looked for on the PATH unless CHROMIUM says where it is.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { renderEmail } from '../../src/emails/render.js';
import { SAMPLES } from '../../src/emails/samples.js';

const FOLDER = path.join(import.meta.dirname, '../../docs/images/emails');
const VIEWS = [
  { name: 'wide', width: 1024, colorScheme: 'light' },
  { name: 'wide-dark', width: 1024, colorScheme: 'dark' },
  { name: 'narrow', width: 360, colorScheme: 'light' },
  { name: 'narrow-dark', width: 360, colorScheme: 'dark' },
] as const;

function findChromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  const found = process.env['CHROMIUM'] ?? candidates.find((one) => existsSync(one));
  if (!found) throw new Error('No Chromium on the PATH: say where it is with CHROMIUM=/path/to/chromium.');
  return found;
}

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
await mkdir(FOLDER, { recursive: true });
try {
  for (const [sample, email] of Object.entries(SAMPLES)) {
    const { html } = await renderEmail(email);
    for (const { name, width, colorScheme } of VIEWS) {
      const page = await browser.newPage({ viewport: { width, height: 300 }, colorScheme });
      await page.setContent(html);
      await page.screenshot({ path: path.join(FOLDER, `${sample}-${name}.png`), fullPage: true });
      await page.close();
    }
  }
} finally {
  await browser.close();
}
console.log(`Pictures taken into ${FOLDER}`);
