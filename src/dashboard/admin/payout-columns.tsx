// The columns of payouts. On a narrow screen what matters stands in two of them.
import { Link } from '@tanstack/react-router';
import type { PayoutRowFragment } from '../gql/graphql.js';
import { StatusBadge } from '../ui/badge.js';
import type { Column } from '../ui/endless.js';
import { Icon } from '../ui/icons.js';
import { Money, When } from '../ui/values.js';
import { NEWEST, type Sort } from './payout-search.js';

interface Order {
  sort: Sort;
  change: (sort: Sort) => void;
}

export function payoutColumns(order?: Order, withCreator = true): Column<PayoutRowFragment>[] {
  return [
    {
      id: 'creator',
      head: withCreator ? 'Creator' : 'Created',
      cell: (row) => <Who row={row} withCreator={withCreator} />,
    },
    {
      id: 'status',
      head: 'Status',
      cell: (row) => <State row={row} />,
      className: 'hidden md:table-cell w-[30%]',
    },
    ...(withCreator ? [created(order)] : []),
    {
      ...sortable('amount', 'Amount', order, true),
      cell: (row) => (
        <span className="grid justify-items-end gap-1">
          <Money cents={row.amountCents} currency={row.currency} className="font-semibold" />
          <span className="md:hidden">
            <StatusBadge of={row} />
          </span>
        </span>
      ),
      className: 'w-36 text-right',
    },
  ];
}

const created = (order?: Order): Column<PayoutRowFragment> => ({
  ...sortable('created', 'Created', order),
  cell: ({ createdAt }) => <When at={createdAt} />,
  className: 'hidden lg:table-cell w-52 text-muted',
});

/** To whom it goes; where all go to the same, when it was made. */
function Who({ row, withCreator }: { row: PayoutRowFragment; withCreator: boolean }) {
  return (
    <>
      <Link
        to="/payouts/$id"
        params={{ id: row.id } as never}
        data-row-link
        className="block truncate font-medium after:absolute after:inset-0"
      >
        {withCreator ? row.creator.displayName : <When at={row.createdAt} />}
      </Link>
      <span className="block truncate text-sm text-muted">
        <span className="hidden font-mono text-xs md:inline">{row.reference}</span>
        {withCreator && (
          <span className="md:hidden">
            <When at={row.createdAt} />
          </span>
        )}
      </span>
    </>
  );
}

function State({ row }: { row: PayoutRowFragment }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <StatusBadge of={row} />
      {row.status === 'FAILED' && !row.notice && (
        <span className="truncate text-sm text-muted">
          {row.nextAttemptAt ? <When at={row.nextAttemptAt} as="relative" /> : row.failedReason}
        </span>
      )}
    </span>
  );
}

function sortable(
  name: 'created' | 'amount',
  label: string,
  order?: Order,
  right = false,
): Pick<Column<unknown>, 'id' | 'head' | 'sort'> {
  if (!order) return { id: name, head: label };
  const [isBy, isDown] = [order.sort.replace('-', '') === name, order.sort.startsWith('-')];
  // The third press goes back to the newest, whose column a narrow screen has no room for.
  const next: Sort = isBy ? (isDown ? name : NEWEST) : `-${name}`;
  return {
    id: name,
    sort: isBy ? (isDown ? 'descending' : 'ascending') : 'none',
    head: (
      <button
        type="button"
        onClick={() => order.change(next)}
        className={`inline-flex min-h-8 items-center gap-1 font-medium hover:text-ink ${isBy ? 'text-ink' : ''} ${right ? 'flex-row-reverse' : ''}`}
      >
        {label}
        <Icon name={isBy && !isDown ? 'up' : 'down'} size={14} className={isBy ? '' : 'opacity-0'} />
      </button>
    ),
  };
}
