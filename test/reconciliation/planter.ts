// Breaks a world on purpose: what the engine would refuse, written as the database's owner and Stripe's can.
import { randomUUID } from 'node:crypto';
import { createStripe } from '../../src/stripe/client.js';
import { verify } from '../payouts/invariants.js';
import { attemptsOf, pay, work } from '../payouts/support.js';
import type { World } from '../support/world.js';

type Options = Parameters<typeof verify>[1];
type Book = Parameters<typeof verify>[2];

/** A snapshot's next attempt: due, and not due for an hour. */
export const PAST = `to_char(now() - interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
export const FUTURE = `to_char(now() + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** A snapshot in which one more retry is counted. */
export const COUNTED = `before || jsonb_build_object('retryCount', (before->>'retryCount')::int + 1,
  'nextAttemptAt', NULL)`;

interface Attempt {
  outcome: 'STARTED' | 'SUCCEEDED' | 'REJECTED' | 'UNKNOWN';
  finished?: boolean;
  number?: number;
  key?: string;
  amount?: number;
}

interface Change {
  action: string;
  to: string;
  /** SQL of the snapshot after the change, made of `before`. */
  snapshot?: string;
  actor?: string;
  requestId?: string;
  /** The status that the payout is said to have had. */
  from?: string;
}

export class Planter {
  readonly #world: World;
  readonly #known = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** What is found now and was not found before, as `number what`, each once. */
  async found(options: Options = {}, book?: Book): Promise<string[]> {
    const { findings } = await verify(this.#world, options, book);
    const fresh = findings.filter((one) => !this.#known.has(JSON.stringify(one)));
    for (const one of fresh) this.#known.add(JSON.stringify(one));
    return [...new Set(fresh.map(({ invariant, what }) => `${invariant} ${what}`))].sort();
  }

  /** The trigger that keeps the audit is no obstacle. */
  async sql(text: string, ...values: unknown[]): Promise<void> {
    await this.#world.db.pool.query('ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only');
    await this.#world.db.pool.query(text, values);
    await this.#world.db.pool.query('ALTER TABLE audit_events ENABLE TRIGGER audit_events_append_only');
  }

  async pending(): Promise<string> {
    return (await pay(this.#world)).id;
  }

  async processing(): Promise<string> {
    const id = await this.pending();
    await this.change(id, { action: 'claimed', to: 'PROCESSING' });
    await this.attempt(id, { outcome: 'STARTED', finished: false });
    return id;
  }

  async completed(): Promise<string> {
    const id = await this.pending();
    await work(this.#world);
    return id;
  }

  /** Refused once, with the next attempt due at this SQL expression. */
  async refused(due = 'NULL'): Promise<string> {
    const id = await this.processing();
    await this.refuse(id, due);
    return id;
  }

  async refuse(id: string, due = 'NULL'): Promise<void> {
    const snapshot = `before || jsonb_build_object('nextAttemptAt', ${due})`;
    await this.change(id, { action: 'transfer_refused', to: 'FAILED', snapshot });
    await this.sql(
      `UPDATE payout_attempts SET outcome = 'REJECTED', finished_at = now()
       WHERE payout_id = $1 AND finished_at IS NULL`,
      id,
    );
  }

  /** An automatic retry, with its attempt. */
  async retry(id: string): Promise<void> {
    await this.change(id, { action: 'retry_claimed', to: 'PROCESSING', snapshot: COUNTED });
    await this.attempt(id, { outcome: 'STARTED', finished: false });
  }

  /** An attempt after those that the payout has. */
  async attempt(payoutId: string, { outcome, finished = true, ...rest }: Attempt): Promise<void> {
    const next = (await attemptsOf(this.#world, payoutId)).length + 1;
    const { number = next, key = `payout_${payoutId}_${number}`, amount = 500 } = rest;
    await this.sql(
      `INSERT INTO payout_attempts (id, payout_id, number, idempotency_key, amount_cents, currency, destination,
         outcome, transfer_id, lease_until, finished_at)
       SELECT $7, $1, $2, $3, $4, 'usd', c.stripe_account_id, $5::"AttemptOutcome",
         CASE WHEN $5 = 'SUCCEEDED' THEN 'tr_of_' || $7 END, now(), CASE WHEN $6 THEN now() END
       FROM payouts p JOIN creators c ON c.id = p.creator_id WHERE p.id = $1`,
      ...[payoutId, number, key, amount, outcome, finished, randomUUID()],
    );
  }

  /** A change with all of its records, whether it may be or not. */
  async change(payoutId: string, { action, to, snapshot = 'before', ...rest }: Change): Promise<void> {
    const { actor = 'system', requestId = null, from = null } = rest;
    await this.sql(
      `WITH last AS (
         SELECT p.creator_id, p.version + 1 AS version, COALESCE($4, p.status::text)::"PayoutStatus" AS was,
           e.snapshot AS before, GREATEST(p.log_xid, pg_current_xact_id()::text::bigint) AS xid
         FROM payouts p JOIN payout_events e ON e.payout_id = p.id AND e.version = p.version WHERE p.id = $1
       ), made AS (
         SELECT *, (${snapshot}) || jsonb_build_object('status', $3::text, 'version', version) AS after FROM last
       ), moved AS (
         UPDATE payouts p SET status = $3::text::"PayoutStatus", version = made.version, log_xid = xid,
           retry_count = (after->>'retryCount')::int, updated_at = now()
         FROM made WHERE p.id = $1
       ), audited AS (
         INSERT INTO audit_events (chain, payout_id, version, actor, action, request_id, before, after)
         SELECT $1, $1, version, $5, $2, $6, jsonb_build_object('status', was, 'version', version - 1), after FROM made
       )
       INSERT INTO payout_events (payout_id, creator_id, version, from_status, to_status, snapshot, log_xid)
       SELECT $1, creator_id, version, was, $3::text::"PayoutStatus", after, xid FROM made`,
      ...[payoutId, action, to, from, actor, requestId],
    );
  }

  /** A transfer that the engine has not made, of this payout unless it says another. @returns its id */
  async transfer(
    payoutId: string,
    over: { key?: string; group?: string; says?: string } = {},
  ): Promise<string> {
    const apiUrl = this.#world.simulatorUrl;
    const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl, timeoutMs: 5_000 });
    const { rows } = await this.#world.db.pool.query<{ account: string }>(
      `SELECT c.stripe_account_id AS account FROM creators c JOIN payouts p ON p.creator_id = c.id WHERE p.id = $1`,
      [payoutId],
    );
    const { says = payoutId, key = `payout_${says}_1`, group = `payout_${says}` } = over;
    const made = await stripe.transfers.create({
      amount: 500,
      currency: 'usd',
      destination: rows[0]?.account ?? '',
      transfer_group: group,
      metadata: { payout_id: says, idempotency_key: key },
    });
    return made.id;
  }
}
