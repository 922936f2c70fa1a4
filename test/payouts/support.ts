// What the tests of the engine share: a payout in one call, its rows, and the events that Stripe would send.
import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { Actor } from '../../src/payouts/actor.js';
import { createPayout } from '../../src/payouts/create.js';
import { applyEvent, storeEvent, type VerifiedEvent } from '../../src/payouts/events/inbox.js';
import { findPayoutRow } from '../../src/payouts/find.js';
import type { TransferAnswer } from '../../src/payouts/ports.js';
import { type ProcessingState, resumeProcessing } from '../../src/payouts/processing.js';
import type { PayoutRow } from '../../src/payouts/row.js';
import { type ClaimCause, claimPayouts, type LeasedRequest } from '../../src/payouts/sending/claim.js';
import { resolveOpenAttempts } from '../../src/payouts/sending/resolve.js';
import { processDue, type SubmitDeps } from '../../src/payouts/sending/submit.js';
import { createStripe } from '../../src/stripe/client.js';
import type { FaultRule } from '../../src/stripe/simulator/fault-types.js';
import { createTransferGateway } from '../../src/stripe/transfers.js';
import { addCreator, type World } from '../support/world.js';

export const ADMIN: Actor = { name: 'admin@platform', requestId: 'req-of-the-test' };
export const NEVER = new AbortController().signal;

interface NewPayout {
  creatorId?: string;
  royaltyStatementId?: string;
  amountCents?: number;
}

/** Creates a payout, for a creator of its own unless one is given. */
export async function pay(world: World, options: NewPayout = {}): Promise<PayoutRow> {
  const creatorId = options.creatorId ?? (await addCreator(world)).id;
  const input = { amountCents: 500, ...options, creatorId, idempotencyKey: randomUUID() };
  return (await createPayout(world.deps, input, ADMIN)).payout;
}

/** A worker's run; answers how many payouts it took up. */
export function work(
  world: World,
  cause: ClaimCause = 'claimed',
  deps: Partial<SubmitDeps> = {},
): Promise<number> {
  return processDue({ ...world.deps, ...deps }, cause, NEVER);
}

/** The sweep's look at attempts without an outcome, whose leases end at once for it. */
export async function resolve(world: World, deps: Partial<SubmitDeps> = {}): Promise<number> {
  await endLeases(world);
  return resolveOpenAttempts({ ...world.deps, ...LONG_POSTPONE, ...deps }, NEVER);
}

/** What an admin does when the settings are mended. */
export function resume(world: World): Promise<ProcessingState> {
  return resumeProcessing(world.deps, 'The settings are mended.', ADMIN);
}

/** So that one call looks at each attempt once. */
export const LONG_POSTPONE = { resolveAfterMs: 60_000 };

export async function endLeases(world: World): Promise<void> {
  await world.db.pool.query(
    `UPDATE payout_attempts SET lease_until = now() - interval '1 second' WHERE finished_at IS NULL`,
  );
}

/** Dependencies of a worker that gives up on Stripe after so many milliseconds. */
export function impatient(
  world: World,
  timeoutMs: number,
): Pick<SubmitDeps, 'transfers' | 'stripeTimeoutMs'> {
  const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs });
  return { transfers: createTransferGateway(stripe), stripeTimeoutMs: timeoutMs };
}

/** Spoils the next request to make a transfer of this payout, and of no other. */
export function spoil(world: World, payoutId: string, rule: FaultRule): Promise<unknown> {
  return world.simulator.fault({ match: { method: 'POST', transferGroup: `payout_${payoutId}` }, ...rule });
}

export interface Made {
  id: string;
  leased: LeasedRequest;
  answer: TransferAnswer;
  transfer: Stripe.Transfer;
}

/** A payout whose transfer Stripe has made, and of which nobody has told us yet. */
export async function made(world: World, options: NewPayout = {}): Promise<Made> {
  const { id } = await pay(world, options);
  const [leased] = await claimPayouts(world.deps, 'claimed', 1, 60_000);
  if (leased?.request.payoutId !== id) throw new Error('another payout was claimed');
  const answer = await world.deps.transfers.create(leased.request);
  const [transfer] = await transfersOf(world, id);
  if (!transfer) throw new Error('there is no transfer');
  return { id, leased, answer, transfer };
}

export const payoutOf = (world: World, id: string): Promise<PayoutRow> => findPayoutRow(world.db.pool, id);

export interface AttemptRow {
  id: string;
  number: number;
  key: string;
  outcome: string;
  code: string | null;
  transferId: string | null;
  requestId: string | null;
  sends: number;
  finished: boolean;
  leased: boolean;
}

export async function attemptsOf(world: World, payoutId: string): Promise<AttemptRow[]> {
  const { rows } = await world.db.pool.query<AttemptRow>(
    `SELECT id, number, idempotency_key AS key, outcome, error_code AS code, transfer_id AS "transferId",
       stripe_request_id AS "requestId", sends, finished_at IS NOT NULL AS finished, lease_until > now() AS leased
     FROM payout_attempts WHERE payout_id = $1 ORDER BY number`,
    [payoutId],
  );
  return rows;
}

export interface AlertRow {
  id: string;
  rule: string;
  key: string;
  message: string;
  occurrences: number;
  open: boolean;
}

/** The alerts about a payout, oldest first. */
export async function alertsOf(world: World, payoutId: string): Promise<AlertRow[]> {
  const { rows } = await world.db.pool.query<AlertRow>(
    `SELECT id, rule, key, message, occurrences, resolved_at IS NULL AS open
     FROM alerts WHERE payout_id = $1 ORDER BY opened_at, key`,
    [payoutId],
  );
  return rows;
}

/** What is open about this key: an event, a part of a payout, Stripe itself. */
export async function openAlerts(world: World, key: string): Promise<AlertRow[]> {
  const { rows } = await world.db.pool.query<AlertRow>(
    `SELECT id, rule, key, message, occurrences, true AS open
     FROM alerts WHERE key = $1 AND resolved_at IS NULL ORDER BY rule`,
    [key],
  );
  return rows;
}

/** The changes of a payout, as the event log tells them: `none>PENDING`. */
export async function changesOf(world: World, payoutId: string): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ change: string }>(
    `SELECT COALESCE(from_status::text, 'none') || '>' || to_status AS change
     FROM payout_events WHERE payout_id = $1 ORDER BY version`,
    [payoutId],
  );
  return rows.map((row) => row.change);
}

/** The simulator's transfers of one payout. */
export async function transfersOf(world: World, payoutId: string): Promise<Stripe.Transfer[]> {
  const all = await world.simulator.transfers();
  return all.filter((one) => one.transfer_group === `payout_${payoutId}`);
}

interface TestEvent extends VerifiedEvent {
  /** When Stripe says that it happened, in Unix seconds. */
  created: number;
}

/** An event as the webhook's route hands it on, its signature verified. */
export function eventOf(type: string, object: object, over: Partial<TestEvent> = {}): VerifiedEvent {
  const { created = Math.floor(Date.now() / 1000), ...rest } = over;
  const event = { id: `evt_${randomUUID()}`, type, account: null, livemode: false, ...rest };
  const { account, ...shown } = event;
  const told = { object: 'event', created, ...shown, ...(account && { account }), data: { object } };
  return { ...event, payload: told };
}

/** Stores an event and applies it, as the webhook's route does. */
export async function receive(world: World, event: VerifiedEvent): Promise<string> {
  await storeEvent(world.db.pool, event);
  await applyEvent(world.deps, event.id);
  return outcomeOf(world, event.id);
}

export async function outcomeOf(world: World, eventId: string): Promise<string> {
  const { rows } = await world.db.pool.query<{ outcome: string }>(
    'SELECT outcome FROM webhook_events WHERE id = $1',
    [eventId],
  );
  return rows[0]?.outcome ?? 'absent';
}

export async function count(world: World, table: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]?.n ?? 0;
}
