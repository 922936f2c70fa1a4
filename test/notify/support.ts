// What the tests of e-mails share: a payouts engine, a mail server, and a worker that sends.
import cuid from '@bugsnag/cuid';
import { type MailDeps, sendEmails } from '../../src/notify/mail-send.js';
import type { MailTransport } from '../../src/notify/mail-transport.js';
import { createSmtp } from '../../src/notify/smtp.js';
import { NEVER } from '../payouts/support.js';
import { advance } from '../support/clock.js';
import { createWorld, type World } from '../support/world.js';
import { type MailServer, type ReceivedMail, startMailServer } from './mail-server.js';

export interface MailWorld {
  world: World;
  server: MailServer;
  deps: MailDeps;
  /** What a worker's runs do until the log is read to its end; answers how many they took up. */
  send(over?: Partial<MailDeps>): Promise<number>;
  /** Time passes by the database's clock. */
  pass(ms: number): Promise<void>;
  /** Of one payout, in the order in which they arrived. */
  of(payoutId: string): ReceivedMail[];
  subjects(payoutId: string): string[];
  close(): Promise<void>;
}

export const FROM = { name: 'Acme Royalties', address: 'payouts@acme.example' };

export async function createMailWorld(): Promise<MailWorld> {
  const world = await createWorld({ ownClock: true });
  const server = await startMailServer();
  const transports: MailTransport[] = [];
  const transport = createSmtp({ url: server.url, connections: 5, timeoutMs: 5_000 });
  transports.push(transport);
  const { pool, signals, log } = world.deps;
  const deps: MailDeps = { pool, signals, log, transport, from: FROM, locale: 'en-US' };
  const of = (payoutId: string) => server.mails.filter(({ text }) => text.includes(payoutId));
  return {
    world,
    server,
    deps,
    send: (over = {}) => sendAll({ ...deps, ...over }),
    pass: (ms) => advance(world.databaseUrl, ms),
    of,
    subjects: (payoutId) => of(payoutId).map(({ subject }) => subject),
    async close() {
      await Promise.all(transports.map((one) => one.close()));
      await server.stop();
      await world.close();
    },
  };
}

/** Any transaction on the server holds the log back, those of other tests too. */
async function sendAll(deps: MailDeps): Promise<number> {
  const giveUp = performance.now() + 15_000;
  let sent = 0;
  do sent += await sendEmails(deps, NEVER);
  while (performance.now() < giveUp && (await isBehind(deps)));
  return sent;
}

async function isBehind({ pool }: MailDeps): Promise<boolean> {
  const { rowCount } = await pool.query(
    'SELECT 1 FROM payout_events e JOIN email_outbox o ON (e.log_xid, e.id) > (o.log_xid, o.event_id) LIMIT 1',
  );
  return rowCount !== 0;
}

export interface MailedCreator {
  id: string;
  email: string;
}

/** A creator that can be written to, and nothing else. */
export async function newCreator({ db }: World): Promise<MailedCreator> {
  const id = cuid();
  const email = `${id}@creators.example`;
  await db.pool.query(
    `INSERT INTO creators (id, external_id, display_name, email, updated_at) VALUES ($1, $1, 'Maya', $2, now())`,
    [id, email],
  );
  return { id, email };
}

export interface EmailRow {
  id: string;
  template: string;
  state: string;
  attempts: number;
  refusals: number;
  error: string | null;
  messageId: string | null;
  sent: boolean;
  /** Milliseconds until its next try. */
  inMs: number | null;
}

/** The e-mails about a payout, oldest first. */
export async function emailsOf(world: World, payoutId: string): Promise<EmailRow[]> {
  const { rows } = await world.db.pool.query<EmailRow>(
    `SELECT id::text, template, state, attempts, refusals, error, message_id AS "messageId", sent_at IS NOT NULL AS sent,
       round(extract(epoch FROM next_attempt_at - now()) * 1000)::float AS "inMs"
     FROM emails WHERE payout_id = $1 ORDER BY id`,
    [payoutId],
  );
  return rows;
}
