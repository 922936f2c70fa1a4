// What has not arrived yet, each with a sentence that says what happens now.
import { Link } from '@tanstack/react-router';
import { useFresh } from '../api/lists.js';
import { fromNow, money } from '../format/locale.js';
import { forCreators } from '../format/words.js';
import type { PayoutRowFragment } from '../gql/graphql.js';
import { StatusBadge } from '../ui/badge.js';
import { Card } from '../ui/card.js';
import { Money } from '../ui/values.js';

/** What is said in full above is not said again. */
const isUnderWay = ({ status, nextAttemptAt }: PayoutRowFragment) =>
  status !== 'FAILED' || Boolean(nextAttemptAt);

export function UnderWay({ rows }: { rows: readonly PayoutRowFragment[] }) {
  const fresh = useFresh();
  const shown = rows.filter((row) => isUnderWay(row) && row.status !== 'COMPLETED');
  if (shown.length === 0) return null;
  return (
    <Card title="On its way" className="overflow-clip">
      <ul className="divide-y divide-line border-t border-line">
        {shown.map((row) => (
          <li
            key={row.id}
            className={`relative grid gap-1 px-5 py-4 hover:bg-sunken ${fresh(row) ? 'fresh' : ''}`}
          >
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
              <Link
                to="/payouts/$id"
                params={{ id: row.id } as never}
                className="text-lg font-semibold after:absolute after:inset-0"
              >
                <Money cents={row.amountCents} currency={row.currency} />
              </Link>
              <StatusBadge of={row} plain />
            </div>
            <p className="text-muted">{sentenceOf(row)}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function sentenceOf(row: PayoutRowFragment): string {
  if (row.status === 'COMPLETED') return [forCreators(row).means, ...takenBack(row)].join(' ');
  if (row.notice) return row.notice;
  if (row.status !== 'FAILED') return forCreators(row).means;
  const again = row.nextAttemptAt ? ` The next try is ${fromNow(row.nextAttemptAt)}.` : '';
  return `${row.failedReason ?? forCreators(row).means}${again}`;
}

/** What was taken back of a payout that had arrived, and what stays. */
function takenBack({ amountCents, reversedCents, currency }: PayoutRowFragment): string[] {
  if (reversedCents === 0) return [];
  const stays = money(amountCents - reversedCents, currency);
  return [
    `${money(reversedCents, currency)} of it was taken back afterwards; ${stays} stays with you.`,
    'Write to us if you think that this is wrong.',
  ];
}
