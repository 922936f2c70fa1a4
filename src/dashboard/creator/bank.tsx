// What went on from the payment account to the creator's bank.
import { day } from '../format/locale.js';
import type { CreatorHomeQuery } from '../gql/graphql.js';
import { BankBadge } from '../ui/bank.js';
import { Card } from '../ui/card.js';
import { Money } from '../ui/values.js';

type BankPayouts = NonNullable<NonNullable<CreatorHomeQuery['viewer']['creator']>['bankPayouts']>;

export const Bank = ({ payouts }: { payouts: BankPayouts }) => (
  <Card title="To your bank" note="Stripe pays on from your payment account to your bank, in its own rhythm.">
    <ul className="divide-y divide-line border-t border-line">
      {payouts.map(({ id, amountCents, currency, status, arrivesOn }) => (
        <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-5 py-3.5">
          <Money cents={amountCents} currency={currency} className="font-semibold" />
          <span className="flex items-center gap-4 text-sm text-muted">
            {arrivesOn && day(arrivesOn)}
            <BankBadge status={status} />
          </span>
        </li>
      ))}
    </ul>
  </Card>
);
