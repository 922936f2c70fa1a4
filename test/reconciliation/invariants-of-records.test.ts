// The verification of the invariants of what is written down: changes, audit, event log, retries, statements, keys, inbox,
// alerts and words. Each breach that is planted is found, under its number, and nothing else is.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../payouts/invariants.js';
import { createWorld, type World } from '../support/world.js';
import { type Healthy, makeHealthy } from './healthy.js';
import { COUNTED, FUTURE, PAST, Planter } from './planter.js';

let world: World;
let at: Healthy;
let planter: Planter;
beforeAll(async () => {
  world = await createWorld();
  at = await makeHealthy(world);
  planter = new Planter(world);
});
afterAll(() => world.close());

const pending = () => planter.pending();
/** One that no worker takes up, while others are made. */
const refused = () => planter.refused();
const completed = () => planter.completed();
const sql = (text: string, ...values: unknown[]) => planter.sql(text, ...values);

const UNLIKE = '4 the table of transitions has no such change';
const ONE_BOOK = '8 a change has its row in one of event log and audit, and not in the other';
const TOO_EARLY = '6 a retry began earlier than it was due';

/** The first event of Stripe's that the audit names where this SQL condition holds. */
async function eventWhere(condition: string): Promise<string> {
  const { rows } = await world.db.pool.query<{ id: string }>(
    `SELECT request_id AS id FROM audit_events WHERE actor = 'stripe' AND request_id IS NOT NULL AND ${condition}`,
  );
  return rows[0]?.id ?? 'none';
}

/** A payout that fails because an event of Stripe's says so. */
async function failedBy(requestId: string): Promise<void> {
  const id = await planter.processing();
  await planter.change(id, { action: 'transfer_refused', to: 'FAILED', actor: 'stripe', requestId });
  await sql(`UPDATE payout_attempts SET outcome = 'REJECTED', finished_at = now() WHERE payout_id = $1`, id);
}

/** The audit says that the payout need not wait any more, since its creator is ready. */
const releasedSecondsAgo = (payoutId: string, seconds: number) =>
  sql(
    `INSERT INTO audit_events (chain, actor, action, after, occurred_at)
     VALUES ('creator:other', 'stripe', 'payouts_released', $1, now() - $2 * interval '1 second')`,
    JSON.stringify({ payoutIds: [payoutId] }),
    seconds,
  );

const key = (payoutId: string | null) =>
  sql(
    `INSERT INTO idempotency_keys (key, operation, actor, request_hash, result) VALUES ($1, 'createPayout', '', '', $2)`,
    randomUUID(),
    payoutId && JSON.stringify({ payoutId }),
  );

/** What is found, and how it was broken. */
type Plant = [found: string[], how: string, plant: () => Promise<unknown>];

const CHANGES: readonly Plant[] = [
  [
    ['4 the event tells of a change that the table of transitions does not have', UNLIKE],
    'a payout fails that nobody had taken up',
    async () => planter.change(await pending(), { action: 'transfer_refused', to: 'FAILED' }),
  ],
  [
    [UNLIKE],
    'a change that may be, by a cause that it cannot have',
    async () => {
      const id = await planter.processing();
      await planter.change(id, { action: 'claimed', to: 'FAILED' });
      await sql(
        `UPDATE payout_attempts SET outcome = 'UNKNOWN', finished_at = now() WHERE payout_id = $1`,
        id,
      );
    },
  ],
  [
    ['4 the event does not go on from where the one before it ended'],
    'a payout is retried that had not failed',
    async () => {
      const retry = { action: 'retry_requested', from: 'FAILED', to: 'PENDING', snapshot: COUNTED };
      await planter.change(await pending(), retry);
    },
  ],
  [
    ['4 the status of the payout is not the one that its last event tells of'],
    'a status that was written by hand',
    async () => sql(`UPDATE payouts SET status = 'FAILED' WHERE id = $1`, await pending()),
  ],
  [
    [
      '4 the versions of the payout have a gap, or go on beyond the payout',
      '8 the audit was tampered with: missing at end',
    ],
    'a version that nothing explains',
    async () => sql('UPDATE payouts SET version = version + 1 WHERE id = $1', await refused()),
  ],
  [
    ['8 the audit was tampered with: edited'],
    'a reason that was put into the audit',
    async () => sql(`UPDATE audit_events SET reason = 'why not' WHERE chain = $1`, await refused()),
  ],
  [
    [ONE_BOOK],
    'the last event is gone',
    async () => sql('DELETE FROM payout_events WHERE payout_id = $1 AND version = 3', await completed()),
  ],
  [
    [ONE_BOOK],
    'an event in the middle is gone',
    async () => sql('DELETE FROM payout_events WHERE payout_id = $1 AND version = 2', await completed()),
  ],
  [
    [ONE_BOOK, '8 the audit was tampered with: missing at end'],
    'the last row of the audit is gone',
    async () => sql('DELETE FROM audit_events WHERE payout_id = $1 AND version = 3', await completed()),
  ],
  [
    ['8 the event and the audit row of a change were not written in one transaction'],
    'an event of another moment',
    async () =>
      sql(
        `UPDATE payout_events SET occurred_at = occurred_at - interval '1 second' WHERE payout_id = $1`,
        await refused(),
      ),
  ],
  [
    ['8 the payout was changed without a record'],
    'a reason that was written by hand',
    async () => sql(`UPDATE payouts SET failed_reason = 'It had to be.' WHERE id = $1`, await refused()),
  ],
];

const LOG: readonly Plant[] = [
  [
    ['9 the log has a later change of the payout before an earlier one'],
    'the last change stands first',
    async () => {
      const id = await completed();
      await sql('UPDATE payout_events SET log_xid = 1 WHERE payout_id = $1 AND version = 3', id);
      await sql('UPDATE payouts SET log_xid = 1 WHERE id = $1', id);
    },
  ],
  [
    ['9 the payout does not stand in the log where its last event does'],
    'the payout says another place',
    async () => sql('UPDATE payouts SET log_xid = 1 WHERE id = $1', await refused()),
  ],
  [
    ['9 the event lies in the future of the log: nobody is told of it'],
    'a place that the log has not reached',
    async () => {
      const id = await refused();
      await sql('UPDATE payout_events SET log_xid = 1000000000000 WHERE payout_id = $1', id);
      await sql('UPDATE payouts SET log_xid = 1000000000000 WHERE id = $1', id);
    },
  ],
  [
    ['9 the event does not show the payout as it was after the change'],
    'history was made better',
    async () =>
      sql(
        `UPDATE payout_events SET snapshot = snapshot || '{"amountCents": 1}' WHERE payout_id = $1 AND version = 1`,
        await completed(),
      ),
  ],
  [
    ['9 the event does not show the payout as it was after the change'],
    'another creator is told of it',
    async () => sql(`UPDATE payout_events SET creator_id = 'other' WHERE payout_id = $1`, await refused()),
  ],
];

const RETRIES: readonly Plant[] = [
  [
    [
      '6 Stripe refused more attempts than there may be without an admin',
      '6 the payout was retried by itself more often than it may be',
    ],
    'six retries where five may be, all refused',
    async () => {
      const id = await planter.refused(PAST);
      for (let retry = 1; retry <= 6; retry += 1) {
        await planter.retry(id);
        await planter.refuse(id, PAST);
      }
    },
  ],
  [
    ['6 the payout counts other retries than the audit tells of'],
    'an admin’s retry was not counted',
    async () => planter.change(await planter.refused(), { action: 'retry_requested', to: 'PENDING' }),
  ],
  [
    ['6 more attempts were refused than the audit tells of'],
    'a refusal that nobody wrote down',
    async () => planter.attempt(await completed(), { outcome: 'REJECTED' }),
  ],
  [[TOO_EARLY], 'an hour before its time', async () => planter.retry(await planter.refused(FUTURE))],
  [[TOO_EARLY], 'a refusal for good', async () => planter.retry(await planter.refused())],
  [
    [TOO_EARLY],
    'its creator had become ready before it was refused',
    async () => {
      const id = await planter.processing();
      await releasedSecondsAgo(id, 1);
      await planter.refuse(id, FUTURE);
      await planter.retry(id);
    },
  ],
  [
    [TOO_EARLY],
    'its creator became ready, and it did not wait for that',
    async () => {
      const id = await refused();
      await releasedSecondsAgo(id, 0);
      await planter.retry(id);
    },
  ],
  [
    ['12 the payout is PROCESSING for longer than the stale limit and a sweep, and no alert is open'],
    'nobody was told',
    async () =>
      sql(
        `UPDATE payouts SET updated_at = now() - interval '61 minutes' WHERE id = $1`,
        await planter.processing(),
      ),
  ],
];

const REQUESTS: readonly Plant[] = [
  [
    ['7 the payouts of the statement add up to more than the statement'],
    'the statement was made smaller',
    () => sql('UPDATE royalty_statements SET amount_cents = 499 WHERE id = $1', at.statement),
  ],
  [
    ['10 the event changed more than once what it tells of'],
    'one event changed two payouts',
    async () => failedBy(await eventWhere('payout_id IS NOT NULL')),
  ],
  [
    ['10 the event changed more than once what it tells of'],
    'one event took back twice',
    async () =>
      sql(
        `INSERT INTO audit_events (chain, actor, action, request_id)
         VALUES ('transfer:again', 'stripe', 'transfer_partly_reversed', $1)`,
        await eventWhere(`action = 'transfer_partly_reversed'`),
      ),
  ],
  [
    ['10 the event changed something, and the inbox does not say that it was applied'],
    'an event that never came',
    async () => failedBy(`evt_${randomUUID()}`),
  ],
  [
    ['10 the event changed something, and the inbox does not say that it was applied'],
    'an event that would be applied again',
    async () =>
      sql(
        `UPDATE webhook_events SET outcome = 'pending' WHERE id = $1`,
        await eventWhere(`action = 'transfer_settled'`),
      ),
  ],
  [['11 the client key stands for no result'], 'nothing was kept', () => key(null)],
  [['11 the client key stands for a payout that does not exist'], 'a payout is gone', () => key('gone')],
  [['11 more than one client key stands for the payout'], 'two keys, one payout', () => key(at.completed)],
];

describe.each([
  ['changes', CHANGES],
  ['the log', LOG],
  ['retries', RETRIES],
  ['requests', REQUESTS],
])('of %s', (_, plants) => {
  it.each(plants)('finds %j: %s', async (found, _how, plant) => {
    await plant();
    expect(await planter.found()).toEqual(found);
  });
});

it('takes a payout that is stuck for one that is cared for once its alert is open, or its time is not over', async () => {
  const [cared, young] = [await planter.processing(), await planter.processing()];
  const age = `UPDATE payouts SET updated_at = now() - $2::interval WHERE id = $1`;
  await sql(age, cared, '2 hours');
  await sql(age, young, '60 minutes 20 seconds');
  await sql(
    `INSERT INTO alerts (rule, key, message, open_key) VALUES ('payout_stuck', $1, 'stuck', 'payout_stuck:' || $1)`,
    cared,
  );
  expect(await planter.found()).toEqual([]);
  // Its time would be over while the tests behind this one run.
  await sql(age, young, '0 seconds');
});

describe('of words', () => {
  const SECRETS: readonly [string, string][] = [
    ['a secret key', ['No such key', 'sk', 'live', '4eC39Hq'].join('_')],
    ['a restricted key', ['rk', 'test', '4eC39Hq'].join('_')],
    ['a webhook secret', ['whsec', '8f2a1b'].join('_')],
    ['a header', 'authorization: Bearer 0123456789abcdef'],
    ['a token', 'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.sig'],
    ['an address with a login', 'cannot connect to postgres://payouts:hunter2@db/payouts'],
    ['an e-mail address', 'ask jane.doe+x@mail.example.com'],
    ['a bank account', 'paid to DE89370400440532013000'],
  ];

  it.each(SECRETS)('finds %s, and does not repeat it', async (_, text) => {
    await sql(
      `INSERT INTO alerts (rule, key, message, open_key) VALUES ('r', $1, $2, $1)`,
      randomUUID(),
      text,
    );
    expect(await planter.found()).toEqual(['13 a secret or an address stands in alerts.message']);
    expect(JSON.stringify((await verify(world)).findings)).not.toContain(text.split(' ').at(-1));
  });

  it('takes what Stripe has masked, and its ids, for none', async () => {
    const harmless = [
      'Invalid API Key provided: sk_test_*****rld',
      'tr_1NirD82eZvKYlo2CIvbtLWuY of acct_1M2JTkLkdIwHu7ix',
      'see https://stripe.com/docs/connect@latest and req_DE89370400440532013000',
      'Bearer token missing; payouts@platform',
    ];
    for (const text of harmless) {
      await sql(
        `INSERT INTO alerts (rule, key, message, open_key) VALUES ('r', $1, $2, $1)`,
        randomUUID(),
        text,
      );
    }
    expect(await planter.found()).toEqual([]);
  });

  const MAIL = 'jane@example.com';
  const RUN = `INSERT INTO reconciliation_runs (id, period_start, period_end, requested_by, error)
    VALUES ('run', now() - interval '1 day', now(), 'a', $1)`;
  const ITEM = `INSERT INTO reconciliation_items (run_id, seen_in_run_id, kind, state, occurred_at`;

  it.each<[string, () => Promise<unknown>, string[]]>([
    [
      'payouts.failed_reason',
      async () => sql('UPDATE payouts SET failed_reason = $2 WHERE id = $1', await refused(), MAIL),
      ['8 the payout was changed without a record'],
    ],
    [
      'payout_attempts.error_message',
      async () =>
        sql('UPDATE payout_attempts SET error_message = $2 WHERE payout_id = $1', await completed(), MAIL),
      [],
    ],
    [
      'payout_events.reason',
      async () => sql('UPDATE payout_events SET reason = $2 WHERE payout_id = $1', await refused(), MAIL),
      [],
    ],
    [
      "payout_events.snapshot->>'failedReason'",
      async () =>
        planter.change(await planter.refused(), {
          action: 'retry_requested',
          to: 'PENDING',
          snapshot: `${COUNTED} || '{"failedReason": "${MAIL}"}'`,
        }),
      ['8 the payout was changed without a record'],
    ],
    [
      'audit_events.reason',
      () =>
        sql(`INSERT INTO audit_events (chain, actor, action, reason) VALUES ('words', 'a', 'b', $1)`, MAIL),
      [],
    ],
    [
      'webhook_events.error',
      () =>
        sql(
          `INSERT INTO webhook_events (id, type, livemode, payload, error) VALUES ('evt_words', 't', false, '{}', $1)`,
          MAIL,
        ),
      [],
    ],
    [
      'alerts.details',
      () =>
        sql(
          `INSERT INTO alerts (rule, key, message, open_key, details) VALUES ('r', 'w', '', 'w', $1)`,
          JSON.stringify({ MAIL }),
        ),
      [],
    ],
    ['processing_switch.reason', () => sql('UPDATE processing_switch SET reason = $1', MAIL), []],
    ['reconciliation_runs.error', () => sql(RUN, MAIL), []],
    [
      'reconciliation_items.details',
      () =>
        sql(
          `${ITEM}, open_key, details) VALUES ('run', 'run', 'k', 'OPEN', now(), 'k', $1)`,
          JSON.stringify({ MAIL }),
        ),
      [],
    ],
    [
      'reconciliation_items.resolution',
      () => sql(`${ITEM}, resolution) VALUES ('run', 'run', 'k', 'RESOLVED', now(), $1)`, MAIL),
      [],
    ],
  ])('finds what stands in %s', async (place, plant, besides) => {
    await plant();
    expect(await planter.found()).toEqual(
      [`13 a secret or an address stands in ${place}`, ...besides].sort(),
    );
  });
});

it('lists the first thousand of a kind, and says that there are more', async () => {
  expect((await verify(world)).more).toBe(false);
  await sql(
    `INSERT INTO idempotency_keys (key, operation, actor, request_hash)
     SELECT 'key ' || n, 'createPayoutRun', '', '' FROM generate_series(1, 1001) n`,
  );
  const { findings, more } = await verify(world);
  expect(more).toBe(true);
  expect(findings.filter(({ what }) => what === 'the client key stands for no result')).toHaveLength(1_000);
});
