// Twenty rows of everything that is listed, each with neighbours of its own: what a nested field has to fetch.
import { holdPayout } from '../../src/payouts/control/decide.js';
import { createPayout } from '../../src/payouts/create.js';
import { addCreator, addStatement, type World } from '../support/world.js';

export const ROWS = 20;

/** Every fifth row has none of the neighbours that it need not have. */
const isBare = (index: number) => index % 5 === 2;

export async function addRows(world: World): Promise<void> {
  for (let i = 0; i < ROWS; i += 1) await addRow(world, i);
}

async function addRow(world: World, index: number): Promise<void> {
  const { id: creatorId } = await addCreator(world);
  const statement = await addStatement(world, creatorId, 50_000);
  const royaltyStatementId = isBare(index) ? null : statement;
  const input = { creatorId, amountCents: 500 + index, royaltyStatementId, idempotencyKey: `row-${index}` };
  const { payout } = await createPayout(world.deps, input, { name: 'ann', requestId: 'r1' });
  if (index % 3 === 1)
    await holdPayout(world.deps, { payoutId: payout.id, reason: `row ${index}` }, { name: 'ann' });
  const payoutId = isBare(index) ? null : payout.id;
  await addAround(world, payout.id, creatorId, index);
  await addRun(world, payoutId, index);
  await addForAdmins(world, payoutId, index);
}

/** Several attempts, more rows of the audit than a page, several payments to the bank. */
async function addAround({ db: { pool } }: World, payoutId: string, creatorId: string, index: number) {
  await pool.query(
    `INSERT INTO payout_attempts (id, payout_id, number, idempotency_key, amount_cents, currency, destination, lease_until)
     SELECT $1 || n, $1, n, $1 || ':' || n, 500, 'usd', 'acct_1', now() FROM generate_series(1, $2::int) n`,
    [payoutId, 1 + (index % 3)],
  );
  await pool.query(
    `INSERT INTO emails (event_id, payout_id, creator_id, template)
     SELECT min(e.id), $1, $2, t FROM payout_events e, unnest(enum_range(NULL::"EmailTemplate")) WITH ORDINALITY AS x(t, n)
     WHERE e.payout_id = $1 AND n <= $3 GROUP BY t`,
    [payoutId, creatorId, index % 4],
  );
  await pool.query(
    `INSERT INTO audit_events (chain, payout_id, actor, action) SELECT $1, $1, 'ann', 'note ' || n
     FROM generate_series(1, $2::int) n`,
    [payoutId, index % 4],
  );
  const due = [[], ['external_account'], ['business_type'], ['individual.phone']][index % 4];
  await pool.query(`UPDATE creators SET requirements = jsonb_build_object('due', $2::jsonb) WHERE id = $1`, [
    creatorId,
    JSON.stringify(due),
  ]);
  await pool.query(
    `INSERT INTO bank_payouts (id, creator_id, amount_cents, currency, status, told_at)
     SELECT 'po_' || $1 || n, $1, n, 'usd', 'paid', now() - n * interval '1 minute' FROM generate_series(1, $2::int) n`,
    [creatorId, index % 4],
  );
}

/** Made by a run of its own. */
async function addRun({ db: { pool } }: World, payoutId: string | null, index: number): Promise<void> {
  await pool.query(
    `INSERT INTO payout_runs (id, period_start, period_end, currency, payout_count, total_cents, requested_by,
       idempotency_key) VALUES ($1, '2026-08-01', '2026-08-31', 'usd', 1, $2::int, 'ann ' || $2::int, $1)`,
    [`run_${index}`, 500 + index],
  );
  await pool.query('UPDATE payouts SET run_id = $2 WHERE id = $1', [payoutId, `run_${index}`]);
}

/** An alert, an event of Stripe's, and a run that found two differences. */
async function addForAdmins({ db: { pool } }: World, payoutId: string | null, index: number): Promise<void> {
  await pool.query(
    `INSERT INTO alerts (rule, key, message, open_key, payout_id) VALUES ('payout_stuck', $1, 'Look.', $1, $2)`,
    [`row-${index}`, payoutId],
  );
  await pool.query(
    `INSERT INTO webhook_events (id, type, livemode, payload)
     SELECT 'evt_' || $1::int || n, 'transfer.created', false,
       jsonb_build_object('data', jsonb_build_object('object', jsonb_build_object('metadata',
         jsonb_build_object('payout_id', $2::text))))
     FROM generate_series(0, $3::int) n`,
    [index, payoutId, index % 4],
  );
  await pool.query(
    `WITH run AS (INSERT INTO reconciliation_runs (period_start, period_end, requested_by)
       VALUES (now() - interval '1 day', now(), 'system') RETURNING id)
     INSERT INTO reconciliation_items (run_id, seen_in_run_id, kind, transfer_id, payout_id, occurred_at, state)
     SELECT id, id, 'unknown_transfer', 'tr_' || $1::int || n, $2, now(), 'REPAIRED'
     FROM run, generate_series(1, $3::int) n`,
    [index, payoutId, 1 + (index % 2)],
  );
  // What the run before found is still there.
  await pool.query(
    `UPDATE reconciliation_items SET seen_in_run_id = (SELECT id FROM reconciliation_runs ORDER BY created_at DESC LIMIT 1)
     WHERE transfer_id = 'tr_' || $1::int || '1'`,
    [index - 1],
  );
}
