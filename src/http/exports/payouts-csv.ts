// The list of payouts as CSV: the columns are the fields of the API's `Payout` by their names, with the same values.

import { failedReasonFor } from '../../payouts/explain.js';
import type { CreatorProperty, ListedPayout } from '../../payouts/lists/page-statement.js';
import { type Cell, csvLines } from './csv.js';

interface Column {
  name: string;
  /** Creators have no such column. */
  admin?: true;
  of(payout: ListedPayout, isAdmin: boolean): Cell;
}

const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');

const COLUMNS: readonly Column[] = [
  { name: 'reference', of: ({ id }) => id },
  { name: 'creatorId', of: ({ creatorId }) => globalId('Creator', creatorId) },
  { name: 'creatorName', of: ({ creator }) => creator?.displayName ?? '' },
  { name: 'creatorEmail', admin: true, of: ({ creator }) => creator?.email ?? '' },
  { name: 'creatorExternalId', admin: true, of: ({ creator }) => creator?.externalId ?? '' },
  {
    name: 'royaltyStatementId',
    of: ({ royaltyStatementId: id }) => id && globalId('RoyaltyStatement', id),
  },
  { name: 'amountCents', of: ({ amountCents }) => amountCents },
  { name: 'currency', of: ({ currency }) => currency },
  { name: 'status', of: ({ status }) => status },
  { name: 'stripeTransferId', admin: true, of: ({ stripeTransferId }) => stripeTransferId },
  { name: 'failureCode', of: ({ failureCode }) => failureCode },
  { name: 'failedReason', of: failedReasonFor },
  { name: 'retryCount', of: ({ retryCount }) => retryCount },
  { name: 'lastRetryAt', of: ({ lastRetryAt }) => lastRetryAt },
  { name: 'nextAttemptAt', of: ({ nextAttemptAt }) => nextAttemptAt },
  { name: 'processedAt', of: ({ processedAt }) => processedAt },
  { name: 'createdAt', of: ({ createdAt }) => createdAt },
  { name: 'updatedAt', of: ({ updatedAt }) => updatedAt },
];

/** What the columns need to know of the creator. */
export const CREATOR_READS: readonly CreatorProperty[] = ['id', 'displayName', 'email', 'externalId'];

/** A piece of text for each page, the first one below the header: nothing is there to be sent before a page was read. */
export async function* payoutsCsv(
  pages: AsyncIterable<ListedPayout[]>,
  isAdmin: boolean,
): AsyncGenerator<string> {
  const columns = COLUMNS.filter(({ admin }) => isAdmin || !admin);
  let header: Cell[][] = [columns.map(({ name }) => name)];
  for await (const page of pages) {
    yield csvLines([...header, ...page.map((payout) => columns.map(({ of }) => of(payout, isAdmin)))]);
    header = [];
  }
  if (header.length > 0) yield csvLines(header);
}
