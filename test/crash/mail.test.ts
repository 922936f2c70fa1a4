// The worker that sends e-mails is killed at the worst moment: the mail server has taken one, and nobody has written it
// down. It is sent once more, under the same name, and no other is lost or doubled.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MAILS_AT_ONCE } from '../../src/notify/mail-send.js';
import { insert } from '../live/support.js';
import { type MailServer, startMailServer } from '../notify/mail-server.js';
import { newCreator } from '../notify/support.js';
import { letLeasesEnd, openSite, PATIENCE_MS, type Site } from './site.js';

let site: Site;
let server: MailServer;
beforeAll(async () => {
  server = await startMailServer();
  // Nothing is paid here: the payouts' creators have no account.
  site = await openSite({ SMTP_URL: server.url, MAIL_FROM: 'Acme <payouts@acme.example>' });
});
afterAll(async () => {
  await site.close();
  await server.stop();
});

const PAYOUTS = 20;

test('killed between sending and writing down: at most those under way twice, under one name, and none lost', async () => {
  const { pool } = site.world.db;
  const { id: creatorId } = await newCreator(site.world);
  const first = await site.start('worker');
  await first.strikeAt('mail.after_send', 'SIGKILL');
  const ids = await insert(pool, creatorId, PAYOUTS);
  expect(await first.ended).toBe('SIGKILL');
  expect(server.mails.length).toBeGreaterThan(0);
  await letLeasesEnd(site.world);
  await site.start('worker');
  const isSent = async () =>
    expect((await pool.query(`SELECT 1 FROM emails WHERE state = 'SENT'`)).rowCount).toBe(PAYOUTS);
  await vi.waitFor(isSent, { timeout: PATIENCE_MS, interval: 100 });

  const timesOf = (id: string) => server.mails.filter(({ text }) => text.includes(id));
  for (const id of ids) {
    const [mail, ...again] = timesOf(id);
    expect(mail, id).toBeDefined();
    expect(again.length).toBeLessThanOrEqual(1);
    for (const one of again) expect(one.messageId).toBe(mail?.messageId);
  }
  // Twice is only what was under way when it died; the server may still have been at the last of them.
  const twice = ids.filter((id) => timesOf(id).length === 2);
  expect(twice.length).toBeGreaterThan(0);
  expect(twice.length).toBeLessThanOrEqual(MAILS_AT_ONCE);
}, 60_000);
