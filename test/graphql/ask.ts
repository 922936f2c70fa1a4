// What the tests of the GraphQL edge share: global ids, signed-in creators, and operations over a socket.
import type { Client, ExecutionResult } from 'graphql-ws';
import { expect, vi } from 'vitest';
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
const PATIENCE_MS = 5_000;

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
export const FROM_THE_START = Buffer.from('0:0').toString('base64url');
