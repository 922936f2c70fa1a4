// The statements of the royalty statements' upsert: each for all rows at once.
import { recordAudits } from '../../db/audit.js';
import type { Queryable } from '../../db/connect.js';
import { type Actor, askedBy } from '../actor.js';
import { spentOf } from '../statement.js';
import { InsertedMeanwhileError } from './rows.js';
import type { EarlierStatement, PlannedStatement } from './statement-plan.js';

/** Those that exist, held as an import holds them, so that neither writes a statement behind the other's back. */
export async function lockCreatorsById(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    'SELECT id FROM creators WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Those that exist, by external id, held until the transaction ends: as payouts hold them, in the order of runs. */
export async function lockStatements(
  db: Queryable,
  externalIds: readonly string[],
): Promise<Map<string, EarlierStatement>> {
  const { rows } = await db.query<Omit<EarlierStatement, 'spentCents'>>(
    `SELECT id, external_id AS "externalId", creator_id AS "creatorId", period_start::text AS "periodStart",
       period_end::text AS "periodEnd", amount_cents AS "amountCents", currency, import_id IS NOT NULL AS imported
     FROM royalty_statements WHERE external_id = ANY($1::text[]) ORDER BY id FOR UPDATE`,
    [externalIds],
  );
  const ids = rows.map(({ id }) => id);
  // It must see what was committed while we waited for the locks.
  const spent = await spentOf(db, ids);
  return new Map(
    rows.map((row) => [row.externalId, { ...row, spentCents: spent.get(row.id)?.spentCents ?? 0 }]),
  );
}

/** Writes what is new, and an audit row for each. */
export async function saveStatements(
  db: Queryable,
  planned: readonly PlannedStatement[],
  currency: string,
  actor: Actor,
): Promise<void> {
  const records = planned
    .map(({ outcome, id, row }) => ({ ...row, id, currency, outcome }))
    .toSorted(byExternalId);
  const created = records.filter(({ outcome }) => outcome === 'CREATED');
  const updated = records.filter(({ outcome }) => outcome === 'UPDATED');
  const ids = updated.map(({ id }) => id);
  const before = await statesOf(db, ids);
  await insert(db, created);
  await update(db, updated);
  const after = await statesOf(db, [...created.map(({ id }) => id), ...ids]);
  await recordAudits(
    db,
    [...after].map(([id, state]) => ({
      chain: 'statements',
      ...askedBy(actor),
      action: before.has(id) ? 'statement_updated' : 'statement_created',
      ...(before.has(id) && { before: before.get(id) }),
      after: state,
    })),
  );
}

const byExternalId = (a: { externalId: string }, b: { externalId: string }) =>
  a.externalId < b.externalId ? -1 : 1;

/** As the audit has them; decimals are texts, which lose nothing. In the order of the external ids. */
async function statesOf(db: Queryable, ids: readonly string[]): Promise<Map<string, unknown>> {
  const { rows } = await db.query<{ id: string; state: unknown }>(
    `SELECT id, jsonb_build_object('id', id, 'externalId', external_id, 'creatorId', creator_id,
       'periodStart', period_start, 'periodEnd', period_end, 'amountCents', amount_cents, 'currency', currency,
       'earned', trim_scale(earned)::text, 'carriedIn', trim_scale(carried_in)::text,
       'carriedOut', trim_scale(carried_out)::text) AS state
     FROM royalty_statements WHERE id = ANY($1::text[]) ORDER BY external_id COLLATE "C"`,
    [ids],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}

const RECORDS = `jsonb_to_recordset($1::jsonb) AS i(id text, "externalId" text, "creatorId" text, "periodStart" date,
  "periodEnd" date, "amountCents" int, currency text)`;

async function insert(db: Queryable, records: readonly object[]): Promise<void> {
  const inserted = await db.query(
    `INSERT INTO royalty_statements
       (id, external_id, creator_id, period_start, period_end, amount_cents, currency, updated_at)
     SELECT id, "externalId", "creatorId", "periodStart", "periodEnd", "amountCents", currency, now()
     FROM ${RECORDS} ON CONFLICT (external_id) DO NOTHING`,
    [JSON.stringify(records)],
  );
  if (inserted.rowCount !== records.length) throw new InsertedMeanwhileError();
}

/**
 * What a file earned moves with the amount, and what is below a cent stays with the creator: `amount_cents / 100` goes
 * on being `earned + carried_in - carried_out`, exactly.
 */
async function update(db: Queryable, records: readonly object[]): Promise<void> {
  await db.query(
    `UPDATE royalty_statements s SET period_start = i."periodStart", period_end = i."periodEnd",
       amount_cents = i."amountCents", earned = s.earned + (i."amountCents" - s.amount_cents) / 100.0,
       updated_at = now()
     FROM ${RECORDS} WHERE s.id = i.id`,
    [JSON.stringify(records)],
  );
}
