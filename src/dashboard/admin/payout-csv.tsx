// The list as a file for a spreadsheet, narrowed as the list is.
import { DownloadButton } from '../ui/download.js';
import { filterOf, type PayoutSearch } from './payout-search.js';

export const Csv = ({ search }: { search: PayoutSearch }) => (
  <DownloadButton path={`/exports/payouts.csv?${parametersOf(search)}`} hindrance={hindranceOf(search)}>
    CSV
  </DownloadButton>
);

function parametersOf(search: PayoutSearch): URLSearchParams {
  const { createdAt } = filterOf(search);
  const { status = '', creator = '' } = search;
  const all = { status, creatorId: creator, from: createdAt?.gte ?? '', to: createdAt?.lt ?? '' };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ''));
}

/** A file with more in it than the list has would look like the list. */
function hindranceOf({ q, wait, min, max }: PayoutSearch): string | null {
  const isOther = [q, wait, min, max].some((value) => value !== undefined);
  return isOther ? 'A CSV can be narrowed by status, creator and days. Take away the rest first.' : null;
}
