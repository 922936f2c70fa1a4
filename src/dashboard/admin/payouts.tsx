// All payouts: filtered, searched and ordered as the address says, endless, and changing as the server tells.
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useLoad } from '../api/context.js';
import { useFresh, useNewRows, usePages } from '../api/lists.js';
import { count } from '../format/locale.js';
import {
  type PayoutRowFragment,
  PayoutsDocument,
  type PayoutsQuery,
  StandingsDocument,
} from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';
import { payoutColumns } from './payout-columns.js';
import { Csv } from './payout-csv.js';
import { Filters } from './payout-filters.js';
import { filterOf, NEWEST, orderOf, usePayoutSearch } from './payout-search.js';

export function Payouts() {
  const { search, change } = usePayoutSearch();
  const filter = filterOf(search);
  const orderBy = orderOf(search.sort);
  const pages = usePages<PayoutRowFragment>({
    document: PayoutsDocument,
    variables: { filter, orderBy },
    select: (data) => (data as PayoutsQuery | undefined)?.payouts,
  });
  const fresh = useFresh();
  const news = useNewRows(
    pages,
    ({ previousStatus }) => previousStatus === null && (search.sort ?? NEWEST) === NEWEST,
  );
  const columns = useMemo(
    () => payoutColumns({ sort: search.sort ?? NEWEST, change: (sort) => change({ sort }) }),
    [search.sort, change],
  );
  const isFiltered = Object.keys(search).some((name) => name !== 'sort');
  return (
    <Page title="Payouts" note={<Total />} actions={<Csv search={search} />}>
      <Filters search={search} change={change} />
      <section aria-label="List of payouts" className="card mt-4 overflow-clip">
        {news.count > 0 && (
          <div className="sticky top-14 z-10 grid justify-items-center lg:top-3">
            <Button look="main" small className="absolute top-2 shadow-raised" onClick={news.show}>
              Show {count(news.count)} new
            </Button>
          </div>
        )}
        <Endless
          label="Payouts"
          pages={pages}
          columns={columns}
          isFresh={fresh}
          empty={<NoPayouts isFiltered={isFiltered} />}
        />
      </section>
    </Page>
  );
}

function Total() {
  const { data } = useLoad(StandingsDocument, {}, { on: ({ previousStatus }) => previousStatus === null });
  const summary = data?.payoutSummary;
  if (!summary) return null;
  const all =
    summary.pending.count + summary.processing.count + summary.completed.count + summary.failed.count;
  return <>{count(all)} in all</>;
}

const NoPayouts = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty icon="search" title="No payout fits these filters">
      <Link to="/payouts" className="font-medium text-accent underline">
        Show all payouts
      </Link>
    </Empty>
  ) : (
    <Empty icon="payouts" title="No payouts yet">
      They appear here as soon as the first is made, by a{' '}
      <Link to="/runs" className="font-medium text-accent underline">
        run
      </Link>{' '}
      or by your platform.
    </Empty>
  );
