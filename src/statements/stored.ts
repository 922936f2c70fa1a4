// What the database holds already that an import must know: earlier imports, earlier statements, carried amounts.
import type { Queryable } from '../db/connect.js';
import type { Wanted } from './assign.js';
import { fromColumn } from './decimal.js';
import type { Earlier, EarlierPeriod } from './plan.js';

/** A file that went in before. */
export interface PreviousImport {
  id: string;
  fileName: string;
  format: string;
  /** ISO time. */
  importedAt: string;
  importedBy: string;
  rows: number;
  /** Bad rows that were left out of it. */
  skippedRows: number;
  statements: number;
  /** Whole cents, as a string. */
  amountCents: string;
}

/** Columns are UTC without a zone; read as text, no driver's setting can move them. */
const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The import of the very same bytes, if there was one. */
export async function findImport(db: Queryable, sha256: string): Promise<PreviousImport | undefined> {
  const { rows } = await db.query<PreviousImport>(
    `SELECT id, file_name AS "fileName", format, ${iso('created_at')} AS "importedAt", imported_by AS "importedBy",
       row_count AS rows, skipped_count AS "skippedRows", statement_count AS statements,
       amount_cents::text AS "amountCents"
     FROM statement_imports WHERE sha256 = $1`,
    [sha256],
  );
  return rows[0];
}

/** Lets one transaction at a time import these bytes, until it ends. */
export async function lockFile(db: Queryable, sha256: string): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('statements:' || $1, 0))`, [sha256]);
}

/**
 * What each creator carries from the statements before; exact, see decimal.ts.
 * @param lock keeps other imports from these creators until the transaction ends. In the order of the ids, so that
 * two imports never wait for each other; payouts of the creators go on meanwhile.
 */
export async function readCarries(
  db: Queryable,
  creatorIds: readonly string[],
  lock: boolean,
): Promise<Map<string, bigint>> {
  const { rows } = await db.query<{ id: string; carry: string }>(
    `SELECT id, royalty_carry::text AS carry FROM creators WHERE id = ANY($1::text[])
     ORDER BY id ${lock ? 'FOR NO KEY UPDATE' : ''}`,
    [creatorIds],
  );
  return new Map(rows.map(({ id, carry }) => [id, fromColumn(carry)]));
}

/** Statements that exist under these external ids. */
export async function findStatements(
  db: Queryable,
  externalIds: readonly string[],
): Promise<Map<string, Earlier>> {
  const { rows } = await db.query<Earlier & { externalId: string }>(
    `SELECT s.external_id AS "externalId", i.file_name AS "fileName",
       ${iso('COALESCE(i.created_at, s.created_at)')} AS at
     FROM royalty_statements s LEFT JOIN statement_imports i ON i.id = s.import_id
     WHERE s.external_id = ANY($1::text[])`,
    [externalIds],
  );
  return new Map(rows.map(({ externalId, fileName, at }) => [externalId, { fileName, at }]));
}

/** Whose statements may hold what is wanted: of a statement that is wanted, by its external id. */
export interface Holder {
  wanted: Wanted;
  creatorId: string;
}

/**
 * For each statement that is wanted, the first one of its holders and of the same format that covers some of the same days
 * and is another one; the creator's own before that of whom the names led to before. By the external id of the wanted. Other
 * formats are other earnings: they overlap nothing.
 */
export async function findOverlaps(
  db: Queryable,
  formatId: string,
  holders: readonly Holder[],
): Promise<Map<string, EarlierPeriod>> {
  const { rows } = await db.query<EarlierPeriod & { externalId: string }>(
    `SELECT DISTINCT ON (w.external_id) w.external_id AS "externalId", o.*,
       CASE WHEN w.holder_id <> w.creator_id THEN o.holder END AS former
     FROM unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[])
         AS w(external_id, creator_id, holder_id, first_day, last_day),
       LATERAL (SELECT s.period_start::text AS start, s.period_end::text AS end, i.file_name AS "fileName",
           ${iso('COALESCE(i.created_at, s.created_at)')} AS at, c.display_name AS holder
         FROM royalty_statements s JOIN creators c ON c.id = s.creator_id
         LEFT JOIN statement_imports i ON i.id = s.import_id
         WHERE s.creator_id = w.holder_id AND s.period_start <= w.last_day AND s.period_end >= w.first_day
           AND starts_with(s.external_id, $6 || ':' || w.holder_id || ':') AND s.external_id <> w.external_id
         ORDER BY s.period_start, s.period_end, s.id LIMIT 1) AS o
     ORDER BY w.external_id, w.holder_id <> w.creator_id, w.holder_id`,
    [
      holders.map(({ wanted }) => wanted.externalId),
      holders.map(({ wanted }) => wanted.creator.id),
      holders.map(({ creatorId }) => creatorId),
      holders.map(({ wanted }) => wanted.period.start),
      holders.map(({ wanted }) => wanted.period.end),
      formatId,
    ],
  );
  return new Map(
    rows.map(({ externalId, start, end, fileName, at, former }) => [
      externalId,
      { start, end, fileName, at, former },
    ]),
  );
}
