// Plays histories against the real engine, a real database and the simulator over HTTP, all on a clock of their own.
import type Stripe from 'stripe';
import { expect } from 'vitest';
import type { Actor } from '../../../src/payouts/actor.js';
import {
  approvePayout,
  holdPayout,
  rejectPayout,
  releasePayout,
} from '../../../src/payouts/control/decide.js';
import { applyWaiting } from '../../../src/payouts/events/inbox.js';
import { pauseProcessing, resumeProcessing } from '../../../src/payouts/processing.js';
import { retryPayout } from '../../../src/payouts/retry.js';
import { claimPayouts } from '../../../src/payouts/sending/claim.js';
import { resolveOpenAttempts } from '../../../src/payouts/sending/resolve.js';
import type { SubmitDeps } from '../../../src/payouts/sending/submit.js';
import { checkStalePayouts } from '../../../src/payouts/stale.js';
import { createStripe } from '../../../src/stripe/client.js';
import { advance } from '../../support/clock.js';
import { addCreator, addStatement, createWorld, type TestCreator, type World } from '../../support/world.js';
import { expectInvariants } from '../invariants.js';
import { ADMIN, eventOf, impatient, NEVER, pay, receive, work } from '../support.js';
import type { Plain, Step } from './history.js';

const HOUR_MS = 3_600_000;

const BOSS: Actor = { name: 'boss@platform' };
/** More payouts than a history has. */
const MANY = 200;
const THIRD: Actor = { name: 'third@platform' };

/** Retries as the model's worker makes them: two, after a minute and after ten. */
const RETRIES = { maxRetries: 2, delaysMs: [60_000, 600_000] };

interface Payee extends TestCreator {
  royaltyStatementId: string;
}

export class Player {
  readonly #world: World;
  readonly #deps: World['deps'];
  readonly #stripe: Stripe;
  #payees: Payee[] = [];
  /** All that they ever had. */
  #accounts: string[] = [];
  #approvals = 0;
  #changes = 0;

  private constructor(world: World) {
    this.#world = world;
    const hasty: Omit<Partial<SubmitDeps>, 'limits'> = {
      ...impatient(world, 60),
      resolveAfterMs: 60_000,
      retries: RETRIES,
    };
    const limits = { ...world.deps.limits, approvalAboveCents: 600 };
    this.#deps = { ...world.deps, limits, ...hasty };
    world.deps.limits = limits;
    this.#stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 5_000 });
  }

  static async open(): Promise<Player> {
    return new Player(await createWorld({ ownClock: true }));
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  /** Plays the history from a fresh start; then everything is well again, and nothing may be left undone. */
  async play(history: readonly Step[]): Promise<void> {
    this.#payees = [await this.#payee(), await this.#payee()];
    this.#accounts = this.#payees.map(({ accountId }) => accountId);
    await Promise.all([this.#create(0, 500), this.#create(1, 500)]);
    for (const one of history) await this.#take(one);
    await this.#heal();
    await this.#check();
    expect(await this.#unsettled(), 'what is left undone').toEqual([]);
  }

  async #payee(): Promise<Payee> {
    const creator = await addCreator(this.#world);
    return { ...creator, royaltyStatementId: await addStatement(this.#world, creator.id, 2_300) };
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case 'create':
        // Refused where the statement has no more or the creator is not ready: that too is part of the history.
        return this.#createTwo(step.creator, step.cents);
      case 'spoil':
        await this.#world.simulator.fault({
          fault: step.fault,
          times: step.times,
          match: { path: '/v1/transfers' },
        });
        return;
      case 'balance':
        await this.#world.simulator.setBalance(step.cents);
        return;
      case 'capability':
        await this.#world.simulator.setCapability(
          this.#payeeOf(step.creator).accountId,
          step.active ? 'active' : 'inactive',
        );
        return;
      case 'reverse':
        return this.#reverse(step.pick, step.cents);
      case 'webhooks':
        return this.#tell(step.picks);
      case 'clock':
        return this.#wait(step.ms);
      case 'check':
        return this.#check();
      case 'at_once':
        await Promise.all(step.steps.map((one) => this.#take(one)));
        return;
      default:
        return this.#doPlain(step.do);
    }
  }

  async #doPlain(what: Plain): Promise<void> {
    const { pool } = this.#world.db;
    const deps = this.#deps;
    const actions: Record<Plain, () => Promise<unknown>> = {
      work: () => work(this.#world, 'claimed', deps),
      retries: () => work(this.#world, 'retry_claimed', deps),
      resolve: () => resolveOpenAttempts(deps, NEVER),
      sweep_inbox: () => applyWaiting(deps),
      check_stale: () => checkStalePayouts({ ...deps, staleAfterMs: HOUR_MS }),
      die: () => claimPayouts(deps, 'claimed', 1, 60_000),
      die_after_sending: () => this.#dieAfterSending(),
      admin_retries: () => this.#retryAll(),
      hold: () => this.#decide(holdPayout, ADMIN, 2),
      release: () => this.#decide(releasePayout, ADMIN, MANY),
      approve: () => this.#decide(approvePayout, this.#approver(), 2),
      reject: () => this.#decide(rejectPayout, BOSS, 1),
      change_account: () => this.#changeAccount(),
      pause: () => pauseProcessing(pool, 'of the history', ADMIN),
      resume: () => resumeProcessing(deps, 'of the history', ADMIN),
    };
    await actions[what]();
  }

  #payeeOf(index: number): Payee {
    const payee = this.#payees[index];
    if (!payee) throw new Error(`no creator ${index}`);
    return payee;
  }

  async #createTwo(creator: number, cents: number): Promise<void> {
    await Promise.all([this.#create(creator, cents), this.#create(creator, cents)].map(quietly));
  }

  async #create(creator: number, amountCents: number): Promise<void> {
    const { id: creatorId, royaltyStatementId } = this.#payeeOf(creator);
    await pay(this.#world, { creatorId, royaltyStatementId, amountCents });
  }

  async #dieAfterSending(): Promise<void> {
    const [leased] = await claimPayouts(this.#world.deps, 'claimed', 1, 60_000);
    if (leased) await this.#deps.transfers.create(leased.request);
  }

  /** Somebody else may be first, and the statement may be paid out. */
  async #retryAll(): Promise<void> {
    const { rows } = await this.#world.db.pool.query<{ id: string }>(
      `SELECT id FROM payouts WHERE status = 'FAILED' AND creator_id = ANY ($1) LIMIT 3`,
      [this.#payees.map(({ id }) => id)],
    );
    await Promise.all(rows.map(({ id }) => quietly(retryPayout(this.#deps, id, ADMIN))));
  }

  /** About payouts of the history, whatever becomes of it: who asked for one may try to approve it. */
  async #decide(decide: typeof holdPayout, actor: Actor, most: number): Promise<void> {
    const { rows } = await this.#world.db.pool.query<{ id: string }>(
      `SELECT id FROM payouts WHERE creator_id = ANY ($1) AND status <> 'COMPLETED'
       ORDER BY created_at DESC, id LIMIT $2`,
      [this.#payees.map(({ id }) => id), most],
    );
    const decisions = rows.map(({ id }) => ({ payoutId: id, reason: 'of the history' }));
    await Promise.all(decisions.map((one) => quietly(decide(this.#deps, one, actor))));
  }

  /** Every third approval is tried by the one who asked for the payout. */
  #approver(): Actor {
    this.#approvals += 1;
    return this.#approvals % 3 === 0 ? ADMIN : BOSS;
  }

  /** What was approved for the old account is void; its transfers stay where they are. */
  async #changeAccount(): Promise<void> {
    const payee = this.#payeeOf(this.#changes++ % 2);
    const { id } = await this.#world.simulator.createAccount({ transfers: 'active' });
    await this.#world.db.pool.query('UPDATE creators SET stripe_account_id = $2 WHERE id = $1', [
      payee.id,
      id,
    ]);
    payee.accountId = id;
    this.#accounts.push(id);
  }

  /** Refused where less is left of it. */
  async #reverse(pick: number, cents: number | null): Promise<void> {
    const transfers = await this.#transfers();
    const transfer = transfers[pick % Math.max(1, transfers.length)];
    if (transfer) await quietly(this.#world.simulator.reverse(transfer.id, cents ?? undefined));
  }

  async #transfers(): Promise<Stripe.Transfer[]> {
    const accounts = new Set<unknown>(this.#accounts);
    return (await this.#world.simulator.transfers()).filter((one) => accounts.has(one.destination));
  }

  /** Tells of any of Stripe's events, in any order, some of them twice, all at once. */
  async #tell(picks: readonly number[]): Promise<void> {
    const events = await this.#events();
    if (events.length === 0) return;
    const chosen = picks.map((pick) => events[pick % events.length]).filter((one) => one !== undefined);
    await Promise.all(chosen.map((one) => this.#deliver(one)));
  }

  /** One that cannot be applied now waits; the sweep comes back to it. */
  #deliver({ id, type, account, created, data }: Stripe.Event): Promise<void> {
    const event = eventOf(type, data.object, { id, account: account ?? null });
    Object.assign(event.payload as object, { created });
    return quietly(receive(this.#world, event));
  }

  /** All that Stripe would send, oldest first. */
  async #events(): Promise<Stripe.Event[]> {
    const ours = new Set((await this.#transfers()).map(({ id }) => id));
    const platform = await this.#stripe.events.list({ type: 'transfer.*', limit: 100 });
    const events = platform.data.filter(({ data }) => ours.has((data.object as Stripe.Transfer).id));
    for (const accountId of this.#accounts) {
      events.push(...(await this.#stripe.events.list({ limit: 100 }, { stripeAccount: accountId })).data);
    }
    return events.sort((a, b) => a.created - b.created);
  }

  async #wait(ms: number): Promise<void> {
    await advance(this.#world.databaseUrl, ms);
    await this.#world.simulator.advanceClock(Math.round(ms / 1_000));
  }

  async #check(): Promise<void> {
    await checkStalePayouts({ ...this.#deps, staleAfterMs: HOUR_MS });
    await expectInvariants(this.#world);
  }

  /** Stripe is well, all its events arrive, and everybody does what is left to do. */
  async #heal(): Promise<void> {
    const { simulator } = this.#world;
    await simulator.clearFaults();
    await simulator.releaseHeld();
    await simulator.setBalance(10 ** 8);
    for (const accountId of this.#accounts) await simulator.setCapability(accountId, 'active');
    await this.#doPlain('resume');
    await this.#doPlain('release');
    for (const event of await this.#events()) await this.#deliver(event);
    for (let round = 0; round < 8 && (await this.#unsettled()).length > 0; round += 1) {
      await this.#wait(15 * 60_000);
      // What an account's change has voided; nobody waits for an approval in the end.
      await this.#decide(approvePayout, BOSS, MANY);
      await this.#decide(approvePayout, THIRD, MANY);
      for (const what of ['sweep_inbox', 'work', 'retries', 'resolve'] as const) await this.#doPlain(what);
    }
  }

  async #unsettled(): Promise<unknown[]> {
    const { rows } = await this.#world.db.pool.query(
      `SELECT id, status::text, failure_code FROM payouts
       WHERE status IN ('PENDING', 'PROCESSING') OR (status = 'FAILED' AND next_attempt_at IS NOT NULL)
       UNION ALL SELECT id, outcome::text, type || ': ' || COALESCE(error, '') FROM webhook_events
       WHERE outcome NOT IN ('applied', 'ignored')`,
    );
    return rows;
  }
}

/** For what may be refused. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
