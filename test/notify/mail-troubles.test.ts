// What a mail server does to us: it puts off, refuses, breaks and goes away. No e-mail is lost by it, nobody is told the
// same thing twice, and no address stands anywhere but in the e-mail.
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sendEmailsTask } from '../../src/jobs/send-emails.js';
import { MOST_REFUSALS } from '../../src/notify/backoff.js';
import { sendEmails } from '../../src/notify/mail-send.js';
import { upsertCreators } from '../../src/payouts/upsert/creators.js';
import { change, insert } from '../live/support.js';
import { ADMIN, NEVER, openAlerts } from '../payouts/support.js';
import { createMailWorld, emailsOf, type MailedCreator, type MailWorld, newCreator } from './support.js';

let mail: MailWorld;
/** All that was logged. */
let logged = '';
const log = (line: string) => {
  logged += line;
};
beforeAll(async () => {
  mail = await createMailWorld();
  mail.deps.log = pino({ level: 'debug' }, { write: log });
});
afterAll(() => mail.close());
afterEach(async () => {
  mail.server.refuse = () => undefined;
  await mail.pass(24 * HOUR);
  await mail.send();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What servers say: they quote the address. */
const refusal = (code: number, enhanced: string) => (address: string) => ({
  code,
  text: `${enhanced} <${address}>: you know why`,
});
const putOff = refusal(451, '4.7.1');
const unknownUser = refusal(550, '5.1.1');

/** Refuses this creator's mail at the step, as long as nobody says otherwise. */
function refuse(step: 'rcpt' | 'data', email: string, how: typeof putOff): void {
  mail.server.refuse = (at, address) => (at === step && address === email ? how(address) : undefined);
}

/** One more e-mail about the payout. */
async function fail({ payoutId }: Told): Promise<void> {
  await change(mail.world.db.pool, payoutId, 'PENDING');
  await change(mail.world.db.pool, payoutId, 'PROCESSING');
}

/** A creator with a payout that is to be told of. */
async function told(): Promise<Told> {
  const creator = await newCreator(mail.world);
  const [payoutId = ''] = await insert(mail.world.db.pool, creator.id);
  return { ...creator, payoutId };
}

interface Told extends MailedCreator {
  payoutId: string;
}

const alertOf = ({ id }: MailedCreator) => openAlerts(mail.world, `creator:${id}`);
const serverAlert = () => openAlerts(mail.world, 'mail_server');
const isSecret = (creator: MailedCreator, text: string) => expect(text).not.toContain(creator.email);

describe('an e-mail that is put off', () => {
  it('is tried again after a minute or so, and arrives once', async () => {
    const creator = await told();
    refuse('rcpt', creator.email, putOff);
    await mail.send();
    const [row] = await emailsOf(mail.world, creator.payoutId);
    expect(row).toMatchObject({ state: 'PENDING', attempts: 1, refusals: 1, error: '451 4.7.1 on RCPT TO' });
    expect(row?.inMs).toBeGreaterThan(40_000);
    expect(row?.inMs).toBeLessThan(80_000);
    mail.server.refuse = () => undefined;
    await mail.send();
    expect(mail.of(creator.payoutId)).toEqual([]);
    await mail.pass(2 * MINUTE);
    await mail.send();
    expect(mail.of(creator.payoutId)).toHaveLength(1);
    expect(await emailsOf(mail.world, creator.payoutId)).toMatchObject([
      { state: 'SENT', attempts: 2, error: null },
    ]);
    expect(await alertOf(creator)).toEqual([]);
    isSecret(creator, logged);
  });

  it('holds back what follows of the same payout, and nothing else', async () => {
    const creator = await told();
    refuse('data', creator.email, putOff);
    await mail.send();
    await fail(creator);
    const other = await told();
    await mail.send();
    expect(await emailsOf(mail.world, creator.payoutId)).toMatchObject([
      { template: 'PAYOUT_INITIATED', attempts: 1, error: '451 4.7.1 on DATA' },
      { template: 'PAYOUT_FAILED', attempts: 0 },
    ]);
    expect(mail.of(other.payoutId)).toHaveLength(1);
    mail.server.refuse = () => undefined;
    await mail.pass(2 * MINUTE);
    await mail.send();
    expect(mail.subjects(creator.payoutId)).toEqual([
      'Your payout of $5.00 is on its way',
      'Your payout of $5.00 could not be made',
    ]);
  });

  it('time and again is given up in the end, a day later at most, and somebody is told once', async () => {
    const creator = await told();
    refuse('rcpt', creator.email, putOff);
    let waited = 0;
    for (let attempt = 1; attempt <= MOST_REFUSALS; attempt++) {
      await mail.send();
      const [row] = await emailsOf(mail.world, creator.payoutId);
      expect(row).toMatchObject({ attempts: attempt, state: attempt < MOST_REFUSALS ? 'PENDING' : 'FAILED' });
      waited += row?.inMs ?? 0;
      await mail.pass((row?.inMs ?? 0) + 1_000);
    }
    expect(waited).toBeLessThan(24 * HOUR);
    expect(await alertOf(creator)).toMatchObject([{ rule: 'email_failed', occurrences: 1 }]);
    expect(mail.of(creator.payoutId)).toEqual([]);
    expect(await serverAlert()).toEqual([]);
  });
});

describe('an address that is refused for good', () => {
  async function refused(): Promise<Told> {
    const creator = await told();
    refuse('rcpt', creator.email, unknownUser);
    await mail.send();
    return creator;
  }

  it('is not tried again; one alert tells of it, without the address', async () => {
    const creator = await refused();
    await insert(mail.world.db.pool, creator.id);
    await mail.send();
    expect(await emailsOf(mail.world, creator.payoutId)).toMatchObject([
      { state: 'FAILED', attempts: 1, error: '550 5.1.1 on RCPT TO', inMs: null },
    ]);
    const alerts = await alertOf(creator);
    expect(alerts).toMatchObject([{ rule: 'email_failed', occurrences: 2 }]);
    const { rows } = await mail.world.db.pool.query('SELECT * FROM alerts WHERE id = $1', [alerts[0]?.id]);
    isSecret(creator, JSON.stringify(rows) + JSON.stringify(await emailsOf(mail.world, creator.payoutId)));
    isSecret(creator, logged);
    expect(logged).toContain('550 5.1.1 on RCPT TO');
    expect(mail.world.signalled.changed).toBeGreaterThan(0);
  });

  it('is no matter any more once an e-mail arrives', async () => {
    const creator = await refused();
    mail.server.refuse = () => undefined;
    await insert(mail.world.db.pool, creator.id);
    await mail.send();
    expect(await alertOf(creator)).toEqual([]);
  });

  it('is no matter any more once there is another one', async () => {
    const creator = await refused();
    const row = { externalId: creator.id, displayName: 'The same', email: creator.email };
    await upsertCreators(mail.world.deps, [row], ADMIN);
    expect(await alertOf(creator)).toHaveLength(1);
    await upsertCreators(mail.world.deps, [{ ...row, email: `new-${creator.email}` }], ADMIN);
    expect(await alertOf(creator)).toEqual([]);
  });

  it('that was changed while the e-mail was under way is not told of: the new one is tried', async () => {
    const creator = await told();
    const { pool } = mail.world.db;
    const moved = `moved-${creator.email}`;
    refuse('rcpt', creator.email, unknownUser);
    const { transport } = mail.deps;
    await mail.send({
      transport: {
        ...transport,
        async deliver(one) {
          const delivery = await transport.deliver(one);
          await pool.query('UPDATE creators SET email = $2 WHERE id = $1', [creator.id, moved]);
          return delivery;
        },
      },
    });
    expect(await alertOf(creator)).toEqual([]);
    expect(mail.of(creator.payoutId).map(({ to }) => to)).toEqual([moved]);
  });

  it.each([
    'no address at all',
    'two@example.com, addresses@example.com',
    'line@example.com\r\nBcc: another@example.com',
  ])('such as “%s” reaches nobody, and stops nobody else', async (email) => {
    const creator = await told();
    await mail.world.db.pool.query('UPDATE creators SET email = $2 WHERE id = $1', [creator.id, email]);
    const other = await told();
    await mail.send();
    expect(await emailsOf(mail.world, creator.payoutId)).toMatchObject([{ state: 'FAILED' }]);
    expect(mail.of(other.payoutId)).toHaveLength(1);
    expect(mail.of(creator.payoutId)).toEqual([]);
    expect(await serverAlert()).toEqual([]);
  });
});

describe('a mail server', () => {
  it('that is gone is tried by one e-mail at a time and told of once; when it is back, all are sent once', async () => {
    const creators = await Promise.all(Array.from({ length: 30 }, () => told()));
    await mail.server.stop();
    for (let run = 0; run < 3; run++) {
      await mail.send();
      await mail.pass(2 * MINUTE);
    }
    const [alert, ...others] = await serverAlert();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ rule: 'email_failed', message: expect.stringContaining('ECONNREFUSED') });
    const waiting = (await Promise.all(creators.map((one) => emailsOf(mail.world, one.payoutId)))).flat();
    expect(waiting.every(({ state }) => state === 'PENDING')).toBe(true);
    // Ten at once until the first failed, and one each time after that; a run tries a second time at most.
    const attempts = waiting.reduce((sum, row) => sum + row.attempts, 0);
    expect(attempts).toBeLessThanOrEqual(10 + 2 * 3);

    await mail.server.start();
    await mail.send();
    expect(await serverAlert()).toEqual([]);
    for (const { payoutId } of creators) expect(mail.of(payoutId)).toHaveLength(1);
    for (const creator of creators) isSecret(creator, logged);
  });

  it('that refuses the sender refuses all: that is told of as such, and no creator’s address is blamed', async () => {
    const creator = await told();
    mail.server.refuse = (step) => (step === 'mail' ? { code: 550, text: '5.7.1 not you' } : undefined);
    await mail.send();
    await mail.pass(MINUTE);
    await mail.send();
    expect(await serverAlert()).toMatchObject([
      { message: expect.stringContaining('550 5.7.1 on MAIL FROM') },
    ]);
    expect(await alertOf(creator)).toEqual([]);
    mail.server.refuse = () => undefined;
    await mail.pass(2 * MINUTE);
    await mail.send();
    expect(mail.of(creator.payoutId)).toHaveLength(1);
    expect(await serverAlert()).toEqual([]);
  });

  it('that breaks one connection is told of to nobody, and the e-mail arrives', async () => {
    const creator = await told();
    let broken = 0;
    mail.server.refuse = (step) =>
      step === 'rcpt' && broken++ === 0 ? { code: 421, text: '4.3.2 closing' } : undefined;
    await mail.send();
    await mail.pass(MINUTE);
    await mail.send();
    expect(broken).toBeGreaterThan(1);
    expect(mail.of(creator.payoutId)).toHaveLength(1);
    expect(await serverAlert()).toEqual([]);
  });

  it('that is away for long is asked about once in a run: nobody stands and waits for it', async () => {
    const { pool } = mail.world.db;
    await pool.query(`UPDATE email_outbox SET failures = 9, retry_at = now() + interval '1 minute'`);
    let asked = 0;
    const query = ((sql: { name?: string }, ...more: never[]) => {
      if (sql.name === 'mail-server-state') asked++;
      return pool.query(sql as never, ...more);
    }) as typeof pool.query;
    const counting = new Proxy(pool, {
      get: (of, name) => (name === 'query' ? query : Reflect.get(of, name, of)),
    });
    await told();
    const looks = async () => {
      asked = 0;
      await sendEmails({ ...mail.deps, pool: counting }, NEVER);
      return asked;
    };
    // It looks again where a transaction of another test holds the log back.
    await expect.poll(looks).toBe(1);
    await pool.query('UPDATE email_outbox SET failures = 0, retry_at = NULL');
  });
});

it('what is said of an e-mail says which job it was', async () => {
  const creator = await told();
  refuse('rcpt', creator.email, unknownUser);
  const own = pino({ level: 'debug' }, { write: log }).child({
    job: 'send-emails',
    jobId: 'job-of-the-test',
  });
  const task = sendEmailsTask(mail.deps);
  const isTold = async () => {
    await task.run(NEVER, own);
    return logged.split('\n').find((line) => line.includes(creator.payoutId)) ?? '';
  };
  await expect.poll(isTold).toContain('"jobId":"job-of-the-test"');
});
