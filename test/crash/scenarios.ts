// How the product comes to each of its named moments, what is mended after it died there, and where its payouts must
// end all the same.
import { expect, vi } from 'vitest';
import type { PayoutStatus } from '../../src/generated/prisma/enums.js';
import type { Checkpoint } from '../../src/observability/checkpoints.js';
import { holdPayout } from '../../src/payouts/control/decide.js';
import { pauseProcessing } from '../../src/payouts/processing.js';
import type { FaultRule } from '../../src/stripe/simulator/fault-types.js';
import { type Endpoint, type Event, ROUTING_KEY, startPagerDuty } from '../notify/endpoints.js';
import { createAll, createTogether, release, resume, retry, runAll, type Wish } from './clients.js';
import { PATIENCE_MS, type Site, type Struck } from './site.js';

/** A scenario that is under way. */
export interface Run {
  site: Site;
  /** The process that runs at present. */
  server: Struck;
  wishes: readonly Wish[];
}

export interface Scenario {
  settings?: Record<string, string> | (() => Promise<Record<string, string>>);
  /** Before anything strikes. */
  prepare?(run: Run): Promise<unknown>;
  /** What leads to the moment. Done again after the start, by those who got no answer. */
  act(run: Run): Promise<unknown>;
  /** What changes outside while the product is down. */
  mend?(run: Run): Promise<unknown>;
  /** What is done once it is up again. */
  after?(run: Run): Promise<unknown>;
  /** The status of every payout at the end. */
  ends: PayoutStatus;
}

const TRANSFERS = { method: 'POST', path: '/v1/transfers' };

/** Spoils requests for transfers. An answer that proves nothing does as well as a cut connection: each is one request. */
const spoil = ({ site }: Run, rule: FaultRule) => site.world.simulator.fault({ match: TRANSFERS, ...rule });

const pay = ({ site, server, wishes }: Run) => createAll(site, server, wishes);

const nothing = async () => undefined;

const plain: Scenario = { act: pay, ends: 'COMPLETED' };

const together: Scenario = {
  act: ({ site, server, wishes }) => createTogether(site, server, wishes),
  ends: 'COMPLETED',
};

const ofPeriod: Scenario = {
  act: ({ site, server, wishes }) => runAll(site, server, wishes),
  ends: 'COMPLETED',
};

const CLERK = { name: 'clerk@platform' };

/** Held before a worker could take them up, and released one by one. */
const held: Scenario = {
  async prepare(run) {
    const { world } = run.site;
    await pauseProcessing(world.db.pool, 'of the scenario', CLERK);
    const ids = await createAll(run.site, run.server, run.wishes);
    for (const payoutId of ids) await holdPayout(world.deps, { payoutId, reason: 'of the scenario' }, CLERK);
    await resume(run.site, run.server);
  },
  async act({ site, server }) {
    const { rows } = await site.world.db.pool.query<{ id: string }>(
      `SELECT DISTINCT payout_id AS id FROM audit_events WHERE action = 'held'`,
    );
    for (const { id } of rows) await release(site, server, id);
  },
  ends: 'COMPLETED',
};

/** There is no money, and later there is. */
const refused: Scenario = {
  prepare: ({ site }) => site.world.simulator.setBalance(0),
  act: pay,
  mend: ({ site }) => site.world.simulator.topUp(1_000_000),
  ends: 'COMPLETED',
};

/** Transfers are made and nobody hears of it. */
const unheard: Scenario = {
  async prepare(run) {
    await run.site.world.simulator.holdWebhooks();
    await spoil(run, { fault: 'html_502', afterCommit: true, times: run.wishes.length });
  },
  act: pay,
  async after({ site }) {
    await site.world.simulator.deliverWebhooks();
    await site.world.simulator.releaseWebhooks();
  },
  ends: 'COMPLETED',
};

/** Nothing is made, and nobody knows. */
const absent: Scenario = {
  prepare: (run) => spoil(run, { fault: 'html_502', times: run.wishes.length }),
  act: pay,
  ends: 'COMPLETED',
};

/** Nothing is ever made under the first key. */
const renewed: Scenario = {
  settings: { PAYOUT_UNKNOWN_GRACE: '1s' },
  prepare: (run) => spoil(run, { fault: 'html_502', times: 'always' }),
  act: pay,
  mend: ({ site }) => site.world.simulator.clearFaults(),
  ends: 'COMPLETED',
};

/** Stripe does not know our key any more, until somebody mends it. */
const paused: Scenario = {
  prepare: (run) => spoil(run, { fault: 'unauthorized_401' }),
  act: pay,
  after: ({ site, server }) => resume(site, server),
  ends: 'COMPLETED',
};

/** No retry of its own is left: an admin must ask for one. */
const retried: Scenario = {
  settings: { PAYOUT_MAX_RETRIES: '0' },
  async prepare(run) {
    await run.site.world.simulator.setBalance(0);
    await pay(run);
    await reach(run, `status = 'FAILED'`);
    await run.site.world.simulator.topUp(1_000_000);
  },
  async act({ site, server }) {
    const { rows } = await site.world.db.pool.query<{ id: string }>(
      `SELECT id FROM payouts WHERE status = 'FAILED'`,
    );
    await Promise.all(rows.map(({ id }) => retry(site, server, id)));
  },
  ends: 'COMPLETED',
};

/** An event of an older API version, which is believed as far as the API agrees. */
const questioned: Scenario = {
  async prepare(run) {
    await pay(run);
    await reach(run, `status = 'COMPLETED'`);
  },
  async act({ site }) {
    const { simulator } = site.world;
    // The same ids at each call: Stripe sends an event any number of times.
    for (const { id } of await simulator.transfers()) {
      await simulator.emit({ type: 'transfer.paid', objectId: id, id: `evt_paid_${id}` });
    }
  },
  ends: 'COMPLETED',
};

/** Stripe is away for longer than anybody likes. */
const stale: Scenario = {
  settings: { PAYOUT_STALE_AFTER: '300ms' },
  async prepare(run) {
    await spoil(run, { fault: 'html_502', times: 'always' });
    await pay(run);
    await reach(run, hasStuckAlert('IS NULL'));
  },
  act: nothing,
  mend: ({ site }) => site.world.simulator.clearFaults(),
  after: (run) => reach(run, hasStuckAlert('IS NOT NULL')),
  ends: 'COMPLETED',
};

/** Waits until each of its payouts has come so far. */
async function reach({ site, wishes }: Run, condition: string): Promise<void> {
  const statements = wishes.map(({ royaltyStatementId }) => royaltyStatementId);
  const sql = `SELECT count(*)::int AS n FROM payouts p WHERE royalty_statement_id = ANY ($1) AND ${condition}`;
  const check = async () =>
    expect((await site.world.db.pool.query(sql, [statements])).rows).toEqual([{ n: wishes.length }]);
  await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 100 });
}

const hasStuckAlert = (state: string) =>
  `EXISTS (SELECT 1 FROM alerts a WHERE a.payout_id = p.id AND a.rule = 'payout_stuck' AND resolved_at ${state})`;

/** Transfers are taken back, and no event of it arrives: only a reconciliation finds out. */
const reconciled: Scenario = {
  async prepare(run) {
    const { simulator } = run.site.world;
    await pay(run);
    await reach(run, `status = 'COMPLETED'`);
    await simulator.drainWebhooks();
    await simulator.dropWebhooks();
    const whole = (await simulator.transfers()).filter(({ reversed }) => !reversed);
    for (const { id } of whole) await simulator.reverse(id);
  },
  act: ({ site }) =>
    site.world.db.pool.query(
      `INSERT INTO reconciliation_runs (period_start, period_end, requested_by)
       VALUES (now() - interval '1 hour', now() + interval '1 hour', 'the crash tests')`,
    ),
  ends: 'FAILED',
};

let pagerDuty: Endpoint<Event>;
/** Incidents of deaths before. */
let earlier = new Set<string>();

/** Stripe does not know our key any more, and whoever is on call is told so. */
const told: Scenario = {
  async settings() {
    pagerDuty = await startPagerDuty();
    return { PAGERDUTY_URL: pagerDuty.url, PAGERDUTY_ROUTING_KEY: ROUTING_KEY, ALERT_UPDATE_INTERVAL: '1h' };
  },
  async prepare(run) {
    earlier = new Set(pagerDuty.taken.map(({ dedup_key }) => dedup_key));
    await spoil(run, { fault: 'unauthorized_401' });
  },
  act: pay,
  async after({ site, server }) {
    await vi.waitFor(() => expect(incident().has('trigger')).toBe(true), { timeout: PATIENCE_MS });
    await resume(site, server);
    await vi.waitFor(() => expect(incident().has('resolve')).toBe(true), { timeout: PATIENCE_MS });
    expectToldOnce();
  },
  ends: 'COMPLETED',
};

/** How often each event of the incident came. */
function incident(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { dedup_key, event_action: action } of pagerDuty.taken) {
    if (!earlier.has(dedup_key)) counts.set(action, (counts.get(action) ?? 0) + 1);
  }
  return counts;
}

/** Whoever dies between telling and writing it down tells once more; nobody resolves what is not open. */
function expectToldOnce(): void {
  const incidents = pagerDuty.taken.filter(({ dedup_key }) => !earlier.has(dedup_key));
  expect(new Set(incidents.map(({ dedup_key }) => dedup_key)).size).toBe(1);
  const events = [...incident()];
  expect(events.map(([action]) => action)).toEqual(['trigger', 'resolve']);
  for (const [, times] of events) expect(times).toBeLessThanOrEqual(2);
}

/** Every name needs one: without it this does not compile, and one that does not lead there fails its test. */
export const SCENARIOS: Record<Checkpoint, Scenario> = {
  'create.before_commit': plain,
  'create.after_commit': plain,
  'create_many.before_commit': together,
  'create_many.after_commit': together,
  'run.before_commit': ofPeriod,
  'run.after_commit': ofPeriod,
  'claim.before_commit': plain,
  'claim.after_commit': plain,
  'send.before_request': plain,
  'send.after_request': plain,
  'settle.after_commit': plain,
  'refuse.after_commit': refused,
  'postpone.after_commit': unheard,
  'pause.before_commit': paused,
  'pause.after_commit': paused,
  'look.after_answer': unheard,
  'resolve.after_lease': unheard,
  'resolve.after_mark': absent,
  'renew.after_commit': renewed,
  'retry.before_commit': retried,
  'retry.after_commit': retried,
  'control.before_commit': held,
  'control.after_commit': held,
  'webhook.before_store': plain,
  'webhook.after_store': plain,
  'webhook.after_answer': plain,
  'inbox.after_question': questioned,
  'inbox.before_commit': plain,
  'inbox.after_commit': plain,
  'sweep.after_inbox': plain,
  'stale.after_alerts': stale,
  'reconcile.after_start': reconciled,
  'reconcile.after_page': reconciled,
  'reconcile.before_repair': reconciled,
  'reconcile.after_repair': reconciled,
  'reconcile.before_finish': reconciled,
  'alerts.after_plan': told,
  'alerts.after_send': told,
  'mail.before_commit': plain,
  'mail.after_claim': plain,
  'mail.after_send': plain,
};
