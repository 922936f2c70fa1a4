// E-mails over a real mail server: each change that is told is told once, in words for its reader.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvePayout, holdPayout, rejectPayout, releasePayout } from '../../src/payouts/control/decide.js';
import { createPayout } from '../../src/payouts/create.js';
import { retryPayout } from '../../src/payouts/retry.js';
import {
  ADMIN,
  count,
  eventOf,
  pay,
  payoutOf,
  receive,
  spoil,
  transfersOf,
  work,
} from '../payouts/support.js';
import { addCreator, addStatement, openClient } from '../support/world.js';
import { createMailWorld, emailsOf, type MailWorld } from './support.js';

let mail: MailWorld;
beforeAll(async () => {
  mail = await createMailWorld();
});
afterAll(() => mail.close());
beforeEach(async () => {
  await mail.world.simulator.clearFaults();
  await mail.world.simulator.setBalance(100_000_000);
});

const MINUTE = 60_000;

/** What Stripe says, with all that nobody but admins may read. */
const STRIPES_WORDS = {
  fault: 'stripe_error',
  message: 'No such destination: acct_1Secret; bank account ending 6789; request req_Secret.',
} as const;

async function refusedForMoney(): Promise<string> {
  const { id } = await pay(mail.world);
  await mail.world.simulator.setBalance(0);
  await work(mail.world);
  await mail.world.simulator.setBalance(100_000_000);
  return id;
}

async function refusedForGood(): Promise<string> {
  const { id } = await pay(mail.world);
  await spoil(mail.world, id, { ...STRIPES_WORDS, code: 'resource_missing' });
  await work(mail.world);
  expect(await payoutOf(mail.world, id)).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
  return id;
}

async function reverse(id: string): Promise<void> {
  const [transfer] = await transfersOf(mail.world, id);
  const object = { ...transfer, amount_reversed: transfer?.amount, reversed: true };
  await receive(mail.world, eventOf('transfer.reversed', object));
}

const STARTED = 'Your payout of $5.00 is on its way';
const PAID = 'You have been paid $5.00';
const DELAYED = 'Your payout of $5.00 is delayed';
const NOT_MADE = 'Your payout of $5.00 could not be made';
const AGAIN = 'We are sending your payout of $5.00 again';

describe('a payout', () => {
  it('that goes well is told of twice, with a stable name for each e-mail', async () => {
    const { id } = await pay(mail.world, { amountCents: 128_450 });
    await mail.send();
    await work(mail.world);
    await mail.send();
    expect(mail.subjects(id)).toEqual([
      'Your payout of $1,284.50 is on its way',
      'You have been paid $1,284.50',
    ]);
    const rows = await emailsOf(mail.world, id);
    expect(rows).toMatchObject([
      { template: 'PAYOUT_INITIATED', state: 'SENT', attempts: 1, sent: true, error: null },
      { template: 'PAYOUT_COMPLETED', state: 'SENT', attempts: 1, sent: true, error: null },
    ]);
    const names = mail.of(id).map(({ messageId }) => messageId);
    expect(names).toEqual(rows.map(({ messageId }) => messageId));
    expect(names[0]).toMatch(/^<[0-9a-f]{32}@acme\.example>$/);
    expect(new Set(names).size).toBe(2);
  });

  it('that is refused for a while says when it is tried again, and then that it is paid', async () => {
    const id = await refusedForMoney();
    await mail.send();
    await mail.pass(5 * MINUTE);
    await work(mail.world, 'retry_claimed');
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, DELAYED, PAID]);
    const [, delayed] = mail.of(id);
    expect(delayed?.text).toContain('Our payment account had to be topped up first.');
    expect(delayed?.text).toMatch(
      /we will try again by ourselves on [A-Z][a-z]{2} \d+, \d{4}, \d+:\d\d [AP]M\s+UTC/,
    );
  });

  it('that fails for good says so and what can be done, and that it is tried again once somebody has mended it', async () => {
    const id = await refusedForGood();
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, NOT_MADE]);
    expect(mail.of(id)[1]?.text).toContain('Your Stripe account could not be found.');
    expect(mail.of(id)[1]?.text).toContain('Please connect it again.');
    await retryPayout(mail.world.deps, id, ADMIN);
    await work(mail.world);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, NOT_MADE, AGAIN, PAID]);
  });

  it('that would have been tried again anyway says nothing new when an admin asks for it', async () => {
    const id = await refusedForMoney();
    await retryPayout(mail.world.deps, id, ADMIN);
    await work(mail.world);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, DELAYED, PAID]);
  });

  it('that is taken back after it was paid says so', async () => {
    const { id } = await pay(mail.world);
    await work(mail.world);
    await reverse(id);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, PAID, NOT_MADE]);
    expect(mail.of(id)[2]?.text).toContain('This payment was taken back after it had been made.');
  });

  it('is written as its creator reads amounts and dates, and names the days that it pays for', async () => {
    const { id: creatorId } = await addCreator(mail.world);
    await mail.world.db.pool.query(`UPDATE creators SET locale = 'de-DE' WHERE id = $1`, [creatorId]);
    const royaltyStatementId = await addStatement(mail.world, creatorId, 128_450);
    const { id } = await pay(mail.world, { creatorId, royaltyStatementId, amountCents: 128_450 });
    await mail.send();
    expect(mail.subjects(id)).toEqual(['Your payout of 1.284,50\u00a0$ is on its way']);
    expect(mail.of(id)[0]?.text).toContain('Royalties for: 01.–31.08.2026');
  });
});

describe('an e-mail', () => {
  it('goes where the creator has mail sent when it is sent', async () => {
    const creator = await addCreator(mail.world);
    const { id } = await pay(mail.world, { creatorId: creator.id });
    const moved = `moved-${creator.email}`;
    await mail.world.db.pool.query('UPDATE creators SET email = $2 WHERE id = $1', [creator.id, moved]);
    await mail.send();
    expect(mail.of(id).map(({ to }) => to)).toEqual([moved]);
  });

  it('has both forms, comes from the sender that is set, and asks machines not to answer', async () => {
    const { id } = await pay(mail.world);
    await mail.send();
    const [one] = mail.of(id);
    expect(one?.parsed.from?.text).toBe('"Acme Royalties" <payouts@acme.example>');
    expect(one?.parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(one?.html).toContain('$5.00');
    expect(one?.text).toContain('$5.00');
  });

  it('holds nothing of Stripe’s, no bank data, and no address of anybody else', async () => {
    await refusedForGood();
    await refusedForMoney();
    await mail.send();
    expect(mail.server.mails.length).toBeGreaterThan(10);
    for (const { raw, text, html, to } of mail.server.mails) {
      expect(raw + text + html).not.toMatch(/\b(acct|tr|po|ch|evt|req|sk|pk|whsec|cus|ba)_\w/);
      expect(raw + text + html).not.toMatch(/6789|No such destination|bank account/);
      const addresses = (raw + text + html).match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
      expect([...new Set(addresses)].filter((a) => !a.endsWith('@acme.example'))).toEqual([to]);
    }
  });
});

describe('told once', () => {
  it('however many workers read and send, as often as they like', async () => {
    const creator = await addCreator(mail.world);
    const workers = () => Promise.all(Array.from({ length: 4 }, () => mail.send()));
    const early = workers();
    const payouts = await Promise.all(
      Array.from({ length: 12 }, () => pay(mail.world, { creatorId: creator.id })),
    );
    await early;
    await work(mail.world, 'claimed', { concurrency: 4 });
    await workers();
    for (const { id } of payouts) expect(mail.subjects(id)).toEqual([STARTED, PAID]);
  });

  it('by whom the lease was taken from, too: both send the same name, and one writes it down', async () => {
    const { id } = await pay(mail.world);
    let thaw = () => {};
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const { transport } = mail.deps;
    const slow = mail.send({
      transport: {
        ...transport,
        async deliver(one) {
          const delivery = await transport.deliver(one);
          await frozen;
          return delivery;
        },
      },
    });
    await expect.poll(() => mail.subjects(id)).toEqual([STARTED]);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED]);
    await mail.pass(3 * MINUTE);
    await mail.send();
    thaw();
    await slow;
    const [first, second, ...more] = mail.of(id);
    expect(second?.messageId).toBe(first?.messageId);
    expect(more).toEqual([]);
    expect(await emailsOf(mail.world, id)).toMatchObject([{ state: 'SENT', attempts: 2 }]);
  });

  it('and not at all, where it happened before e-mails were switched on', async () => {
    const { pool } = mail.world.db;
    const { id } = await pay(mail.world);
    const client = await openClient(mail.world);
    await client.query('DELETE FROM email_outbox');
    // As the migration has it.
    await client.query(`INSERT INTO email_outbox (log_xid, event_id)
      SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, (1::bigint << 48) - 1`);
    await client.end();
    await pool.query('SELECT 1');
    const after = await pay(mail.world);
    await mail.send();
    expect([mail.subjects(id), mail.subjects(after.id)]).toEqual([[], [STARTED]]);
    expect(await count(mail.world, 'email_outbox')).toBe(1);
  });
});

describe('what an admin decides', () => {
  const reason = 'The label asked us to wait.';

  it('is no news while the payout waits; that it is rejected is, and why it is stays with the admins', async () => {
    const { id } = await pay(mail.world);
    await holdPayout(mail.world.deps, { payoutId: id, reason }, ADMIN);
    await releasePayout(mail.world.deps, { payoutId: id, reason }, ADMIN);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED]);
    await rejectPayout(mail.world.deps, { payoutId: id, reason }, ADMIN);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, NOT_MADE]);
    const text = mail.of(id).at(-1)?.text ?? '';
    expect(text).toContain('We decided not to make this payment.');
    expect(text).not.toContain(reason);
    expect(text).not.toContain('will pay you');
  });

  it('of a large payout is told once it is approved, and not again when that has to be done anew', async () => {
    const { deps, db } = mail.world;
    const limits = { ...deps.limits, approvalAboveCents: 1_000 };
    const input = {
      creatorId: (await addCreator(mail.world)).id,
      amountCents: 1_001,
      idempotencyKey: 'large',
    };
    const { payout } = await createPayout({ ...deps, limits }, input, ADMIN);
    await mail.send();
    expect(mail.subjects(payout.id)).toEqual([]);
    const approve = () => approvePayout(deps, { payoutId: payout.id, reason }, { name: 'another@platform' });
    await approve();
    await mail.send();
    expect(mail.subjects(payout.id)).toEqual(['Your payout of $10.01 is on its way']);
    // Its account becomes another one: that was not approved.
    await db.pool.query('UPDATE payouts SET approved_destination = $2 WHERE id = $1', [
      payout.id,
      'acct_else',
    ]);
    await approve();
    await mail.send();
    expect(mail.subjects(payout.id)).toHaveLength(1);
    await work(mail.world);
    await mail.send();
    expect(mail.subjects(payout.id)).toEqual([
      expect.stringContaining('on its way'),
      expect.stringContaining('$10.01'),
    ]);
  });

  it('about a payout that waits for its retry: one more e-mail, when it is rejected', async () => {
    const id = await refusedForMoney();
    await holdPayout(mail.world.deps, { payoutId: id, reason }, ADMIN);
    await rejectPayout(mail.world.deps, { payoutId: id, reason }, ADMIN);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, DELAYED, NOT_MADE]);
  });

  it('about a payout that failed for good is told once, though it is held afterwards', async () => {
    const id = await refusedForGood();
    await mail.send();
    await holdPayout(mail.world.deps, { payoutId: id, reason }, ADMIN).catch(() => undefined);
    await mail.send();
    expect(mail.subjects(id)).toEqual([STARTED, NOT_MADE]);
  });
});
