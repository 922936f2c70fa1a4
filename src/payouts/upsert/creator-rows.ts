// The statements of the creators' upsert: each for all rows at once.
import { recordAudits } from '../../db/audit.js';
import type { Queryable } from '../../db/connect.js';
import { type Actor, askedBy } from '../actor.js';
import type { CreatorState, PlannedCreator } from './creator-plan.js';
import { InsertedMeanwhileError } from './rows.js';

/**
 * Those that exist, by external id, held until the transaction ends: in the order of the ids, as imports hold them.
 * Their payouts go on meanwhile.
 */
export async function lockCreators(
  db: Queryable,
  externalIds: readonly string[],
): Promise<Map<string, CreatorState>> {
  const { rows } = await db.query<CreatorState>(
    `SELECT id, external_id AS "externalId", display_name AS "displayName", email,
       stripe_account_id AS "stripeAccountId", transfers_enabled AS "transfersEnabled", locale
     FROM creators WHERE external_id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE`,
    [externalIds],
  );
  return new Map(rows.map((row) => [row.externalId, row]));
}

/** By account, the external ids of those who have it. */
export async function accountHolders(
  db: Queryable,
  accounts: readonly string[],
): Promise<Map<string, Set<string>>> {
  const { rows } = await db.query<{ account: string; externalIds: string[] }>(
    `SELECT stripe_account_id AS account, array_agg(external_id) AS "externalIds"
     FROM creators WHERE stripe_account_id = ANY($1::text[]) GROUP BY stripe_account_id`,
    [accounts],
  );
  return new Map(rows.map(({ account, externalIds }) => [account, new Set(externalIds)]));
}

/** Writes what is new, and an audit row for each. */
export async function saveCreators(
  db: Queryable,
  planned: readonly PlannedCreator[],
  actor: Actor,
): Promise<void> {
  const changed = planned.filter(({ outcome }) => outcome !== 'UNCHANGED').toSorted(byExternalId);
  await insert(db, changed);
  await update(db, changed);
  await recordAudits(
    db,
    changed.map(({ before, after }) => ({
      chain: 'creators',
      ...askedBy(actor),
      action: before ? 'creator_updated' : 'creator_created',
      ...(before && { before }),
      after,
    })),
  );
}

const byExternalId = (a: PlannedCreator, b: PlannedCreator) =>
  a.after.externalId < b.after.externalId ? -1 : 1;

const RECORDS = `jsonb_to_recordset($1::jsonb) AS i(id text, "externalId" text, "displayName" text, email text,
  "stripeAccountId" text, locale text, "changesAccount" boolean)`;

async function insert(db: Queryable, changed: readonly PlannedCreator[]): Promise<void> {
  const rows = changed.filter(({ before }) => before === null).map(toRecord);
  const inserted = await db.query(
    `INSERT INTO creators (id, external_id, display_name, email, stripe_account_id, locale, updated_at)
     SELECT id, "externalId", "displayName", email, "stripeAccountId", locale, now() FROM ${RECORDS}
     ON CONFLICT (external_id) DO NOTHING`,
    [JSON.stringify(rows)],
  );
  if (inserted.rowCount !== rows.length) throw new InsertedMeanwhileError();
}

/** Of a new account nobody has told us anything: it counts as not ready until Stripe says more. */
async function update(db: Queryable, changed: readonly PlannedCreator[]): Promise<void> {
  await db.query(
    `UPDATE creators c SET display_name = i."displayName", email = i.email,
       stripe_account_id = i."stripeAccountId", locale = i.locale,
       transfers_enabled = c.transfers_enabled AND NOT i."changesAccount",
       requirements = CASE WHEN i."changesAccount" THEN NULL ELSE c.requirements END,
       readiness_told_at = CASE WHEN i."changesAccount" THEN NULL ELSE c.readiness_told_at END,
       updated_at = now()
     FROM ${RECORDS} WHERE c.id = i.id`,
    [JSON.stringify(changed.filter(({ before }) => before !== null).map(toRecord))],
  );
}

const toRecord = ({ after, changesAccount }: PlannedCreator) => ({ ...after, changesAccount });
