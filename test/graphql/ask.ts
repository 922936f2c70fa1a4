// What the tests of the GraphQL edge share: global ids, signed-in creators, and operations over a socket.
import { randomUUID } from 'node:crypto';
import type { Client, ExecutionResult } from 'graphql-ws';
import { expect, vi } from 'vitest';
import { createCursors, readCursorKey } from '../../src/live/cursors.js';
import type { Position } from '../../src/live/log.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { ADMIN, type Operation, type RunningApp } from '../support/running-app.js';
import { addCreator, type TestCreator } from '../support/world.js';

export const globalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64');

export const creatorViewer = (id: string): Viewer => ({
  role: 'CREATOR',
  sub: `creator:${id}`,
  creatorId: id,
});

/** A creator that exists, with a token of its own. */
export async function signedInCreator(app: RunningApp): Promise<TestCreator & { token: string }> {
  const creator = await addCreator(app.world);
  return { ...creator, token: await app.token(creatorViewer(creator.id)) };
}

const CREATE = `mutation ($input: CreatePayoutInput!) {
  createPayout(input: $input) {
    __typename
    ... on CreatePayoutPayload { replayed payout { id reference status amountCents currency } }
    ... on Error { code message }
  }
}`;

let keys = 0;

export interface PayoutInput {
  creatorId: string;
  amountCents?: number;
  royaltyStatementId?: string;
  idempotencyKey?: string;
}

/** `createPayout` as an admin, with the tables' own ids. */
export async function createPayout(app: RunningApp, input: PayoutInput) {
  const { creatorId, royaltyStatementId, amountCents = 1_234, idempotencyKey = `key-${keys++}` } = input;
  const variables = {
    input: {
      creatorId: globalId('Creator', creatorId),
      amountCents,
      idempotencyKey,
      ...(royaltyStatementId && { royaltyStatementId: globalId('RoyaltyStatement', royaltyStatementId) }),
    },
  };
  const result = await app.query({ query: CREATE, variables }, await app.token(ADMIN));
  if (result.errors) throw new Error(result.errors[0]?.message);
  return result.data.createPayout;
}

/** An operation over a socket: its first answer. Errors before execution are an answer too, as over HTTP. */
export async function overSocket(client: Client, operation: Operation): Promise<ExecutionResult> {
  const answers = client.iterate(operation);
  try {
    const { value } = await answers.next();
    return value;
  } catch (errors) {
    if (!Array.isArray(errors)) throw errors;
    return { errors };
  } finally {
    await answers.return?.();
  }
}

/** Milliseconds that a step may take before the test says which one did not come. */
const PATIENCE_MS = 10_000;

/** The next `count` answers of a stream. */
export async function take<T>(stream: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  const late = AbortSignal.timeout(PATIENCE_MS);
  while (taken.length < count) {
    const { value, done } = await Promise.race([stream.next(), lateness(late, taken.length, count)]);
    if (done) throw new Error(`the stream ended after ${taken.length} of ${count}`);
    taken.push(value);
  }
  return taken;
}

function lateness(signal: AbortSignal, taken: number, count: number): Promise<never> {
  return new Promise((_, reject) => {
    const error = new Error(`only ${taken} of ${count} came within ${PATIENCE_MS} ms`);
    signal.addEventListener('abort', () => reject(error), { once: true });
  });
}

/** Resolves once the payout has this status. */
export function reaches(app: RunningApp, reference: string, status: string): Promise<void> {
  const query = () => app.world.db.pool.query('SELECT status FROM payouts WHERE id = $1', [reference]);
  const check = async () => expect((await query()).rows).toEqual([{ status }]);
  return vi.waitFor(check, { timeout: PATIENCE_MS, interval: 10 });
}

/** A payout that Stripe has refused, since there was no money. There is again when this resolves. */
export async function createFailedPayout(app: RunningApp, input: PayoutInput) {
  await app.world.simulator.setBalance(0);
  const { payout } = await createPayout(app, input);
  await reaches(app, payout.reference, 'FAILED');
  await app.world.simulator.setBalance(100_000_000);
  return payout;
}

/** A payout that has arrived. */
export async function createCompletedPayout(app: RunningApp, input: PayoutInput) {
  const { payout } = await createPayout(app, input);
  await reaches(app, payout.reference, 'COMPLETED');
  return payout;
}

/** The cursor before everything: whatever was logged lies after it. */
export const fromTheStart = (app: RunningApp): Promise<string> => cursorOf(app, { xid: 0n, id: 0n });

/** A place in the app's log, as the app would spell it. */
export async function cursorOf({ world }: RunningApp, position: Position): Promise<string> {
  return createCursors(await readCursorKey(world.db.pool)).encode(position);
}

/** What an admin is answered, over HTTP; errors are the test's end. */
// biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
export async function asAdmin(app: RunningApp, query: string, variables: object = {}): Promise<any> {
  const result = await app.query({ query, variables: { ...variables } }, await app.token(ADMIN));
  if (result.errors) throw new Error(result.errors[0]?.message);
  return result.data;
}

/** The same operation over HTTP and over a socket: both answers. */
export async function onBothTransports(app: RunningApp, operation: Operation, token: string) {
  const client = app.socket(token);
  const answers = [await app.query(operation, token), await overSocket(client, operation)];
  await client.dispose();
  return answers;
}

/** An alert, an event and a difference of a run: rows that are no business of any creator's. */
export async function addAdminRows(app: RunningApp) {
  const { pool } = app.world.db;
  const idOf = async (sql: string, ...values: unknown[]): Promise<string> =>
    (await pool.query(`${sql} RETURNING id`, values)).rows[0].id;
  const runId = await idOf(`INSERT INTO reconciliation_runs (period_start, period_end, status, requested_by)
    VALUES (now() - interval '1 day', now(), 'COMPLETED', 'system')`);
  const key = randomUUID();
  return {
    alertId: await idOf(
      `INSERT INTO alerts (rule, key, message, open_key) VALUES ('platform_balance_low', $1, 'Look.', $1)`,
      key,
    ),
    webhookEventId: await idOf(
      `INSERT INTO webhook_events (id, type, livemode, payload, outcome, finished_at)
       VALUES ('evt_' || $1, 'customer.created', false, '{}', 'ignored', now())`,
      key,
    ),
    reconciliationRunId: runId,
    payoutRunId: await idOf(
      `INSERT INTO payout_runs (id, period_start, period_end, currency, payout_count, total_cents, requested_by,
         idempotency_key)
       VALUES ($1, '2026-01-01', '2026-01-31', 'usd', 0, 0, 'admin@platform', $1)`,
      key,
    ),
    reconciliationItemId: await idOf(
      `INSERT INTO reconciliation_items (run_id, seen_in_run_id, kind, transfer_id, occurred_at, open_key)
       VALUES ($1, $1, 'unknown_transfer', 'tr_' || $2, now(), 'unknown_transfer:tr_' || $2)`,
      runId,
      key,
    ),
  };
}

/** A payment from a creator's Stripe balance to its bank, as Stripe has told us. */
export async function addBankPayout(
  app: RunningApp,
  creatorId: string,
  toldAt = new Date(),
): Promise<string> {
  const id = `po_${randomUUID()}`;
  await app.world.db.pool.query(
    `INSERT INTO bank_payouts (id, creator_id, amount_cents, currency, status, arrives_on, told_at)
     VALUES ($1, $2, 700, 'usd', 'paid', '2026-03-02', $3::timestamp)`,
    [id, creatorId, toldAt.toISOString()],
  );
  return id;
}
