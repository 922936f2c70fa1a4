// Differences between our books and Stripe's, as rows, and how somebody says what was done about one.
import { Link } from '@tanstack/react-router';
import { useAct } from '../api/context.js';
import { actor, DIFFERENCES, spelled } from '../format/words.js';
import {
  type DifferenceFragment,
  RepairDifferenceDocument,
  ResolveDifferenceDocument,
} from '../gql/graphql.js';
import { Badge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Confirm } from '../ui/confirm.js';
import type { Column } from '../ui/endless.js';
import { Code, Money, When } from '../ui/values.js';

export const differenceColumns = (
  resolve: (item: DifferenceFragment) => void,
): Column<DifferenceFragment>[] => [
  { id: 'what', head: 'What differs', cell: (item) => <What item={item} /> },
  {
    id: 'found',
    head: 'Found',
    cell: ({ foundAt }) => <When at={foundAt} />,
    className: 'hidden w-48 text-muted md:table-cell',
  },
  {
    id: 'state',
    head: 'State',
    cell: (item) => <Now item={item} resolve={resolve} />,
    className: 'w-32 text-right',
  },
];

function What({ item }: { item: DifferenceFragment }) {
  const { payout, transferId } = item;
  return (
    <>
      <span className="block truncate font-medium">{DIFFERENCES[item.kind] ?? spelled(item.kind)}</span>
      <span className="block truncate text-sm text-muted">
        {payout ? (
          <Link
            to="/payouts/$id"
            params={{ id: payout.id } as never}
            data-row-link
            className="font-medium text-accent underline"
          >
            <Money cents={payout.amountCents} currency={payout.currency} /> to {payout.creator.displayName}
          </Link>
        ) : (
          transferId && <Code>{transferId}</Code>
        )}
      </span>
      {item.resolution && <span className="block truncate text-sm text-muted">{item.resolution}</span>}
    </>
  );
}

function Now({ item, resolve }: { item: DifferenceFragment; resolve: (item: DifferenceFragment) => void }) {
  if (item.state === 'OPEN') {
    return (
      <Button small onClick={() => resolve(item)}>
        Resolve
      </Button>
    );
  }
  return (
    <span className="grid justify-items-end text-sm">
      <Badge tone="good">{item.state === 'REPAIRED' ? 'Mended' : 'Resolved'}</Badge>
      <span className="truncate text-muted">{item.resolvedBy && actor(item.resolvedBy)}</span>
    </span>
  );
}

export function Resolve({ item, close }: { item: DifferenceFragment; close: () => void }) {
  const { act } = useAct(ResolveDifferenceDocument);
  const repair = useAct(RepairDifferenceDocument);
  return (
    <Confirm
      title={DIFFERENCES[item.kind] ?? spelled(item.kind)}
      does="Mark as resolved"
      reason={{ label: 'What was done about it', hint: 'Stands in the audit.' }}
      done="The difference is resolved"
      act={(resolution) => act({ input: { itemId: item.id, resolution } })}
      instead={{
        does: 'Ask Stripe and repair',
        done: 'The difference is repaired',
        act: (reason) => repair.act({ input: { itemId: item.id, reason } }),
      }}
      close={close}
    >
      <p className="mb-2">What both sides say:</p>
      <dl className="grid gap-1 rounded-field bg-sunken p-3 text-sm">
        {Object.entries((item.details ?? {}) as Record<string, unknown>).map(([name, value]) => (
          <div key={name} className="flex flex-wrap justify-between gap-x-4">
            <dt>{spelled(name.replaceAll(/([a-z])([A-Z])/g, '$1 $2'))}</dt>
            <dd className="font-mono break-all text-ink">
              {typeof value === 'string' ? value : JSON.stringify(value)}
            </dd>
          </div>
        ))}
      </dl>
    </Confirm>
  );
}
