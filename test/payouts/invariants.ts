// What must be true at any time, after any fault: the product's own verification, and what only a test can see.
import type Stripe from 'stripe';
import { expect } from 'vitest';
import type { ListedTransfer, TransferBook } from '../../src/payouts/ports.js';
import {
  type InvariantReport,
  type VerifyOptions,
  verifyInvariants,
} from '../../src/reconciliation/invariants/verify.js';
import { transferFact } from '../../src/stripe/transfers.js';
import type { World } from '../support/world.js';

export async function expectInvariants(world: World): Promise<void> {
  const { findings } = await verify(world, { allowUnheard: await somethingIsUnheard(world) });
  expect(findings).toEqual([]);
  const { requests, balanced, transfers } = await world.simulator.state();
  expect(balanced).toBe(true);
  const { rows } = await world.db.pool.query<{ key: string; payoutId: string }>(
    'SELECT idempotency_key AS key, payout_id AS "payoutId" FROM payout_attempts',
  );
  const keys = new Set(rows.map(({ key }) => key));
  const sent = requests.filter((one) => one.method === 'POST');
  expect(
    sent.filter((one) => !keys.has(one.idempotencyKey ?? '')),
    'a request without an attempt',
  ).toEqual([]);
  const payouts = new Set<string | undefined>(rows.map(({ payoutId }) => payoutId));
  expect(
    transfers.filter((one) => !payouts.has(one.metadata.payout_id)),
    'a transfer of no payout',
  ).toEqual([]);
}

/** The verification on the simulator's books. Its clock counts only while it tells the database's time. */
export async function verify(
  world: World,
  options: VerifyOptions = {},
  book: Pick<TransferBook, 'created'> = bookOf(world),
): Promise<InvariantReport> {
  const checkClock = await clocksAgree(world);
  const deps = {
    pool: world.db.pool,
    book,
    maxRetries: world.deps.retries.maxRetries,
    staleAfterMs: 3_600_000,
    sweepIntervalMs: 30_000,
  };
  return verifyInvariants(deps, { checkClock, ...options });
}

/** Some reversal was told of by an event that our inbox has not applied. */
async function somethingIsUnheard(world: World): Promise<boolean> {
  const told = (await world.simulator.deliveries()).filter(({ type }) => type === 'transfer.reversed');
  const { rowCount } = await world.db.pool.query(
    `SELECT 1 FROM webhook_events WHERE id = ANY($1) AND outcome = 'applied'`,
    [told.map(({ id }) => id)],
  );
  return (rowCount ?? 0) < told.length;
}

async function clocksAgree(world: World): Promise<boolean> {
  const { now } = await world.simulator.state();
  const { rows } = await world.db.pool.query<{ seconds: number }>(
    'SELECT EXTRACT(epoch FROM clock_timestamp())::float AS seconds',
  );
  return Math.abs(now - (rows[0]?.seconds ?? 0)) < 2;
}

/** Every transfer, whatever the period: the simulator's clock may have been moved. */
export function bookOf(world: World): Pick<TransferBook, 'created'> {
  return {
    async *created() {
      yield (await world.simulator.transfers()).map(listed);
    },
  };
}

const listed = (transfer: Stripe.Transfer): ListedTransfer => ({
  ...transferFact(transfer),
  createdAt: new Date(transfer.created * 1_000),
});
