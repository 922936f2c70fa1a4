// Demo data for a fresh machine: creators with Stripe accounts, the names that distributors know them by, some months'
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

interface Period {
  start: string;
  end: string;
  /** What was earned, in hundredths of the latest period's. */
  share: number;
}

const PERIODS: readonly Period[] = [
  { start: '2026-04-01', end: '2026-04-30', share: 61 },
  { start: '2026-05-01', end: '2026-05-31', share: 118 },
  { start: '2026-06-01', end: '2026-06-30', share: 84 },
  { start: '2026-07-01', end: '2026-07-31', share: 100 },
];

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
  for (const period of PERIODS) {
    const statement = await addStatement(deps.pool, creatorId, creator, period);
    if (creator.ready) await pay(deps, creatorId, statement);
  }
}

interface Statement {
  id: string;
  externalId: string;
  amountCents: number;
}

async function addStatement(
  pool: pg.Pool,
  creatorId: string,
  { externalId: who, earnedCents }: (typeof CREATORS)[number],
  { start, end, share }: Period,
): Promise<Statement> {
  const statement = {
    id: cuid(),
    externalId: `demo:${who}:${start}`,
    amountCents: Math.round((earnedCents * share) / 100),
  };
  await pool.query(
    `INSERT INTO royalty_statements
       (id, external_id, creator_id, period_start, period_end, amount_cents, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, now())`,
    [statement.id, statement.externalId, creatorId, start, end, statement.amountCents],
  );
  return statement;
}

async function pay(
  deps: DemoDeps,
  creatorId: string,
  { id, externalId, amountCents }: Statement,
): Promise<void> {
  const input = { creatorId, royaltyStatementId: id, amountCents, idempotencyKey: externalId };
  await createPayout(deps, input, { name: 'demo' });
}
