// Where no mail server is set, development shows what creators would have been sent, to this machine alone.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { insert } from '../live/support.js';
import { newCreator } from '../notify/support.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { sendRaw, statusOf } from './raw.js';

let app: RunningApp;
let email: string;
let id: string;
beforeAll(async () => {
  app = await runApp();
  const creator = await newCreator(app.world);
  email = creator.email;
  await insert(app.world.db.pool, creator.id);
  const isCaptured = async () => {
    const { rows } = await app.world.db.pool.query(`SELECT id::text FROM emails WHERE state = 'CAPTURED'`);
    expect(rows).toHaveLength(1);
    id = rows[0].id;
  };
  await vi.waitFor(isCaptured, { timeout: 15_000, interval: 100 });
});
afterAll(() => app.close());

const open = (path: string) => fetch(`${app.url}${path}`);

test('the start page leads to the list, the list to the e-mail, in its three forms', async () => {
  expect(await (await open('/')).text()).toContain('href="/dev/mail"');
  const list = await (await open('/dev/mail')).text();
  expect(list).toContain('Your payout of $5.00 is on its way');
  expect(list).toContain(email);
  expect(list).toContain(`href="/dev/mail/${id}"`);
  const page = await open(`/dev/mail/${id}`);
  expect(await page.text()).toContain(`src="/dev/mail/${id}.html"`);
  expect(page.headers.get('content-security-policy')).toContain("frame-src 'self'");
  const html = await open(`/dev/mail/${id}.html`);
  expect(await html.text()).toContain('$5.00');
  expect(html.headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*frame-ancestors 'self'; sandbox/,
  );
  const text = await open(`/dev/mail/${id}.txt`);
  expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await text.text()).toContain('$5.00');
});

test.each(['0', `${10n ** 17n}`, 'x', '1/2', '1.pdf', '%00'])('there is no e-mail %s', async (name) => {
  expect((await open(`/dev/mail/${name}`)).status).toBe(404);
});

test.each(['/dev/mail', '/dev/mail/1', '/dev/mail/1.html'])('%s is for this machine alone', async (path) => {
  const request = [`GET ${path} HTTP/1.1`, 'Host: evil.example.com', 'Connection: close'];
  expect(statusOf(await sendRaw(app.url, request))).toBe(403);
});
