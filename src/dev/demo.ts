// Demo data for a fresh machine: creators with Stripe accounts, the names that distributors know them by, a month's
// statements, and payouts that really go through the engine.
import cuid from '@bugsnag/cuid';
import type pg from 'pg';
import { type CreateDeps, createPayout } from '../payouts/create.js';
import { setAlias } from '../statements/aliases.js';
import type { SimulatorClient } from '../stripe/simulator/client.js';

/** The sample files under docs/samples/ tell of the first three. */
const CREATORS = [
  { externalId: 'nova', name: 'Nova Reyes', email: 'nova@example.com', ready: true, earnedCents: 48_250 },
  {
    externalId: 'lanterns',
    name: 'The Paper Lanterns',
    email: 'lanterns@example.com',
    ready: true,
    earnedCents: 131_904,
  },
  { externalId: 'ida', name: 'Ida Quist', email: 'ida@example.com', ready: true, earnedCents: 9_035 },
  { externalId: 'juno', name: 'Juno Vale', email: 'juno@example.com', ready: false, earnedCents: 22_110 },
] as const;

const PERIOD = { start: '2026-07-01', end: '2026-07-31' };

export interface DemoDeps extends CreateDeps {
  pool: pg.Pool;
  simulator: SimulatorClient;
}

/** @returns whether anything was put in: a database that has creators already is left alone */
export async function seedDemo(deps: DemoDeps): Promise<boolean> {
  const { rowCount } = await deps.pool.query('SELECT 1 FROM creators LIMIT 1');
  if (rowCount) return false;
  for (const creator of CREATORS) await addCreator(deps, creator);
  return true;
}

async function addCreator(deps: DemoDeps, creator: (typeof CREATORS)[number]): Promise<void> {
  const account = await deps.simulator.createAccount({ transfers: creator.ready ? 'active' : 'inactive' });
  const creatorId = cuid();
  await deps.pool.query(
    `INSERT INTO creators (id, external_id, display_name, email, stripe_account_id, transfers_enabled, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, now())`,
    [creatorId, creator.externalId, creator.name, creator.email, account.id, creator.ready],
  );
  await setAlias(deps, { name: creator.name, creator: creatorId, actor: 'demo' });
  const statementId = await addStatement(deps.pool, creatorId, creator);
  if (creator.ready) await pay(deps, creatorId, statementId, creator);
}

async function addStatement(
  pool: pg.Pool,
  creatorId: string,
  creator: (typeof CREATORS)[number],
): Promise<string> {
  const id = cuid();
  await pool.query(
    `INSERT INTO royalty_statements
       (id, external_id, creator_id, period_start, period_end, amount_cents, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, now())`,
    [id, `demo:${creator.externalId}`, creatorId, PERIOD.start, PERIOD.end, creator.earnedCents],
  );
  return id;
}

async function pay(
  deps: DemoDeps,
  creatorId: string,
  royaltyStatementId: string,
  { externalId, earnedCents }: (typeof CREATORS)[number],
): Promise<void> {
  const input = {
    creatorId,
    royaltyStatementId,
    amountCents: earnedCents,
    idempotencyKey: `demo:${externalId}`,
  };
  await createPayout(deps, input, { name: 'demo' });
}
