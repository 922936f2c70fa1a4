// A creator's own payouts as a list: which they are, and its columns.
import { Link } from '@tanstack/react-router';
import type { ListSource } from '../api/pages.js';
import { period } from '../format/locale.js';
import { MyPayoutsDocument, type MyPayoutsQuery, type PayoutFilter } from '../gql/graphql.js';
import { StatusBadge } from '../ui/badge.js';
import type { Column } from '../ui/endless.js';
import { Money, When } from '../ui/values.js';

export type MyRow = NonNullable<MyPayoutsQuery['myPayouts']>['nodes'][number];

interface PaidFrom {
  royaltyStatement?: { periodStart: string; periodEnd: string } | null;
}

/** Null: it is for nothing that has a name. */
export const whatFor = ({ royaltyStatement: statement }: PaidFrom): string | null =>
  statement ? `Royalties, ${period(statement.periodStart, statement.periodEnd)}` : null;

export const myPayouts = (filter: PayoutFilter): ListSource<MyRow> => ({
  document: MyPayoutsDocument,
  variables: { filter },
  select: (data) => (data as MyPayoutsQuery | undefined)?.myPayouts,
});

export const MY_COLUMNS: Column<MyRow>[] = [
  {
    id: 'when',
    head: 'When',
    cell: (row) => (
      <>
        <Link
          to="/payouts/$id"
          params={{ id: row.id } as never}
          data-row-link
          className="block truncate font-medium after:absolute after:inset-0"
        >
          <When at={row.processedAt ?? row.createdAt} />
        </Link>
        <span className="hidden truncate text-sm text-muted md:block">{whatFor(row)}</span>
        <span className="mt-1 block md:hidden">
          <StatusBadge of={row} plain />
        </span>
      </>
    ),
  },
  {
    id: 'state',
    head: 'State',
    cell: (row) => <StatusBadge of={row} plain />,
    className: 'hidden w-48 md:table-cell',
  },
  {
    id: 'amount',
    head: 'Amount',
    cell: (row) => <Money cents={row.amountCents} currency={row.currency} className="font-semibold" />,
    className: 'w-32 text-right md:w-40',
  },
];
