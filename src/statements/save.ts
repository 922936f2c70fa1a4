// Writes an import: its own row, the statements, what the creators carry on, and the audit row. Call it inside the
// transaction that has locked the creators.
import cuid from '@bugsnag/cuid';
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { formatDecimal } from './decimal.js';
import type { Plan, PlannedStatement } from './plan.js';

export interface ImportRecord {
  /** Without its folder. */
  fileName: string;
  sha256: string;
  format: string;
  currency: string;
  /** The token's `sub`, or `system`. */
  actor: string;
  requestId: string | undefined;
  /** Why, in their words. */
  reason?: string | undefined;
  rows: number;
  /** Bad rows that stay out. */
  skippedRows: number;
}

/** Rows of one INSERT: large enough to be few, small enough to hold as parameters. */
const BATCH = 5_000;

/** @returns the import's id */
export async function saveImport(db: Queryable, record: ImportRecord, plan: Plan): Promise<string> {
  const id = cuid();
  const totalCents = plan.statements.reduce((sum, { cents }) => sum + cents, 0n).toString();
  await insertImport(db, id, record, plan.statements.length, totalCents);
  for (let start = 0; start < plan.statements.length; start += BATCH) {
    await insertStatements(db, id, record.currency, plan.statements.slice(start, start + BATCH));
  }
  await updateCarries(db, plan.carries);
  await recordAudit(db, {
    chain: 'statements',
    actor: record.actor,
    action: 'statements_imported',
    ...(record.requestId && { requestId: record.requestId }),
    ...(record.reason && { reason: record.reason }),
    after: auditEntry(id, record, plan, totalCents),
  });
  return id;
}

function auditEntry(importId: string, record: ImportRecord, plan: Plan, amountCents: string) {
  const { fileName, sha256, format, currency, rows, skippedRows } = record;
  const statements = plan.statements.length;
  const overlapping = plan.statements.filter(({ overlaps }) => overlaps).length;
  return {
    ...{ importId, fileName, sha256, format, currency, rows, skippedRows, statements, amountCents },
    // Somebody let them in that way.
    ...(overlapping > 0 && { overlappingStatements: overlapping }),
  };
}

async function insertImport(
  db: Queryable,
  id: string,
  record: ImportRecord,
  statements: number,
  amountCents: string,
): Promise<void> {
  const { fileName, sha256, format, rows, skippedRows, actor } = record;
  await db.query(
    `INSERT INTO statement_imports
       (id, file_name, sha256, format, row_count, skipped_count, statement_count, amount_cents, imported_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, fileName, sha256, format, rows, skippedRows, statements, amountCents, actor],
  );
}

async function insertStatements(
  db: Queryable,
  importId: string,
  currency: string,
  statements: readonly PlannedStatement[],
): Promise<void> {
  await db.query(
    `INSERT INTO royalty_statements
       (id, external_id, creator_id, period_start, period_end, amount_cents, currency, earned, carried_in,
        carried_out, import_id, updated_at)
     SELECT id, external_id, creator_id, period_start, period_end, amount_cents, $2, earned, carried_in,
        carried_out, $3, CURRENT_TIMESTAMP
     FROM jsonb_to_recordset($1::jsonb) AS s(id text, external_id text, creator_id text, period_start date,
        period_end date, amount_cents int, earned numeric, carried_in numeric, carried_out numeric)`,
    [JSON.stringify(statements.map(toRow)), currency, importId],
  );
}

/** Decimals travel as strings: as JSON numbers, JavaScript would round them. */
function toRow(statement: PlannedStatement) {
  return {
    id: cuid(),
    external_id: statement.externalId,
    creator_id: statement.creator.id,
    period_start: statement.period.start,
    period_end: statement.period.end,
    amount_cents: statement.cents.toString(),
    earned: formatDecimal(statement.earned),
    carried_in: formatDecimal(statement.carriedIn),
    carried_out: formatDecimal(statement.carriedOut),
  };
}

async function updateCarries(db: Queryable, carries: ReadonlyMap<string, bigint>): Promise<void> {
  await db.query(
    `UPDATE creators c SET royalty_carry = n.carry, updated_at = CURRENT_TIMESTAMP
     FROM unnest($1::text[], $2::numeric[]) AS n(id, carry) WHERE c.id = n.id`,
    [[...carries.keys()], [...carries.values()].map(formatDecimal)],
  );
}
