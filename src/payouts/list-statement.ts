// The SQL of a list: one statement, planned once for each connection, its times as the text that the answer has.
import pg from 'pg';
import { type PayoutRow, payoutColumns } from './row.js';

/** What a list can say of a payout's creator without another query. */
export interface ListedCreator {
  id: string;
  externalId: string;
  displayName: string;
  email: string;
  transfersEnabled: boolean;
}

/** A payout of a list: its times are RFC 3339 in UTC with milliseconds. */
export type ListedPayout = PayoutRow<string> & {
  /** Where it was asked for. */
  creator?: ListedCreator;
};

/** A row as Postgres answers it. */
type FlatRow = PayoutRow<string> & {
  creatorExternalId?: string;
  creatorDisplayName?: string;
  creatorEmail?: string;
  creatorTransfersEnabled?: boolean;
};

/** What is read of each payout. */
export interface ListReads {
  /** Without it all; the id and what the list is ordered by are read in any case. */
  properties?: readonly (keyof PayoutRow)[] | undefined;
  /** The payout's creator as well. */
  creator?: boolean;
}

export interface ListShape {
  /** The WHERE clause, or nothing. */
  where: string;
  column: string;
  /** What the column is called in a row. */
  property: keyof PayoutRow;
  direction: 'ASC' | 'DESC';
  limit: number;
  reads: ListReads;
}

/** The limit stands in the text: as a parameter it would be unknown to a plan that is made once. */
export function listSql({ where, column, property, direction, limit, reads }: ListShape): string {
  const { properties, creator } = reads;
  const columns = payoutColumns(properties && ['id', property, 'creatorId', ...properties]);
  const page = `SELECT ${columns} FROM payouts ${where}
    ORDER BY ${column} ${direction}, id ${direction} LIMIT ${limit}`;
  if (!creator) return page;
  return `SELECT p.*, c.external_id AS "creatorExternalId", c.display_name AS "creatorDisplayName",
      c.email AS "creatorEmail", c.transfers_enabled AS "creatorTransfersEnabled"
    FROM (${page}) p JOIN creators c ON c.id = p."creatorId"
    ORDER BY p."${property}" ${direction}, p.id ${direction}`;
}

/** The payout, with its creator where the statement has read it. */
export function listedOf(row: FlatRow): ListedPayout {
  const { creatorDisplayName: displayName, creatorExternalId, creatorEmail, creatorTransfersEnabled } = row;
  if (displayName === undefined) return row;
  const listed: ListedPayout = row;
  listed.creator = {
    id: row.creatorId,
    externalId: creatorExternalId ?? '',
    displayName,
    email: creatorEmail ?? '',
    transfersEnabled: creatorTransfersEnabled ?? false,
  };
  return listed;
}

const TIMESTAMP_WITHOUT_ZONE = 1114;

/** For `pg`: as it reads everything else, but no `Date` is made that would only be written out again. */
export const TIMES_AS_TEXT: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === TIMESTAMP_WITHOUT_ZONE ? rfc3339 : pg.types.getTypeParser(oid, format as 'text'),
};

/** What Postgres leaves out at the end, by the length of what it writes. */
const MISSING: Readonly<Record<number, string>> = { 19: '.000Z', 21: '00Z', 22: '0Z', 23: 'Z' };

/** `2026-01-31 12:00:00.5`, which our columns hold in UTC, as `2026-01-31T12:00:00.500Z`. */
export function rfc3339(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11)}${MISSING[text.length]}`;
}
