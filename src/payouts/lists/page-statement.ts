// The SQL of a list: one statement, planned once for each connection, that answers the page as one JSON text, which
// is read several times faster than so many rows of columns.
import { PAYOUT_PROPERTIES, type PayoutRow, payoutColumns } from '../row.js';

/** What a list can say of a payout's creator without another query, and where it lies. */
const CREATOR_COLUMNS = {
  id: 'id',
  externalId: 'external_id',
  displayName: 'display_name',
  email: 'email',
  transfersEnabled: 'transfers_enabled',
} as const;

export type CreatorProperty = keyof typeof CREATOR_COLUMNS;

export interface ListedCreator extends Record<Exclude<CreatorProperty, 'transfersEnabled'>, string> {
  transfersEnabled: boolean;
}

/** A payout of a list: its times are RFC 3339 in UTC with milliseconds. */
export type ListedPayout = PayoutRow<string> & {
  /** Where it was asked for; no more of it than was asked for. */
  creator?: ListedCreator;
};

/** What is read of each payout. */
export interface ListReads {
  /** Without it all; the id and what the list is ordered by are read in any case. */
  properties?: readonly (keyof PayoutRow)[] | undefined;
  /** What is read of the payout's creator; without it nothing, and there is no `creator`. */
  creator?: readonly CreatorProperty[] | undefined;
}

export interface ListShape {
  /** Where the rows come from: the payouts, or some of them. */
  from?: string;
  /** The WHERE clause, or nothing. */
  where: string;
  column: string;
  /** What the column is called in a row. */
  property: keyof PayoutRow;
  direction: 'ASC' | 'DESC';
  limit: number;
  reads: ListReads;
}

export interface ListStatement {
  /** Answers one row with one column: the page, whose rows are lists of values. */
  text: string;
  rowsOf(page: readonly unknown[][]): ListedPayout[];
}

/** The limit stands in the text: as a parameter it would be unknown to a plan that is made once. */
export function listStatement(shape: ListShape): ListStatement {
  const { from = 'payouts', where, column, property, direction, limit, reads } = shape;
  const wanted = reads.properties && ['id' as const, property, 'creatorId' as const, ...reads.properties];
  const properties = [...new Set(wanted ?? PAYOUT_PROPERTIES)];
  const page = `SELECT ${payoutColumns(properties)} FROM ${from} ${where}
    ORDER BY ${column} ${direction}, id ${direction} LIMIT ${limit}`;
  const creator = reads.creator ?? [];
  const order = `p."${property}" ${direction}, p.id ${direction}`;
  const rows = creator.length === 0 ? page : withCreators(page, creator, order);
  const values = [...properties, ...creator.map(inRow)].map((name) => `r."${name}"`).join(', ');
  return {
    text: `SELECT COALESCE(json_agg(json_build_array(${values})), '[]') AS page FROM (${rows}) r`,
    rowsOf: (read) => read.map((row) => listedOf(row, properties, creator)),
  };
}

const inRow = (property: CreatorProperty) => `creator.${property}`;

/** The limit keeps the planner from reading all creators for the few of a page. */
function withCreators(page: string, properties: readonly CreatorProperty[], order: string): string {
  const columns = properties.map((property) => `${CREATOR_COLUMNS[property]} AS "${inRow(property)}"`);
  return `SELECT p.*, c.* FROM (${page}) p CROSS JOIN LATERAL (
      SELECT ${columns.join(', ')} FROM creators WHERE id = p."creatorId" LIMIT 1
    ) c ORDER BY ${order}`;
}

function listedOf(
  values: readonly unknown[],
  properties: readonly (keyof PayoutRow)[],
  creator: readonly CreatorProperty[],
): ListedPayout {
  const row: Record<string, unknown> = {};
  let at = 0;
  for (const property of properties) {
    const value = values[at++];
    row[property] = TIMES.has(property) ? rfc3339(value as string | null) : value;
  }
  if (creator.length === 0) return row as unknown as ListedPayout;
  const whose: Record<string, unknown> = {};
  for (const property of creator) whose[property] = values[at++];
  row['creator'] = whose;
  return row as unknown as ListedPayout;
}

const TIMES: ReadonlySet<keyof PayoutRow> = new Set([
  'lastRetryAt',
  'nextAttemptAt',
  'processedAt',
  'createdAt',
  'updatedAt',
]);

/** What Postgres leaves out at the end, by the length of what it writes. */
const MISSING: Readonly<Record<number, string>> = { 19: '.000Z', 21: '00Z', 22: '0Z', 23: 'Z' };

/** `2026-01-31T12:00:00.5`, which our columns hold in UTC, as `2026-01-31T12:00:00.500Z`. */
const rfc3339 = (text: string | null) => text && `${text}${MISSING[text.length]}`;
