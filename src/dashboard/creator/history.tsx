// All payouts of a creator, by what became of them.
import { useState } from 'react';
import { useFresh, useNewRows, usePages } from '../api/lists.js';
import type { PayoutFilter } from '../gql/graphql.js';
import { Endless } from '../ui/endless.js';
import { Segments } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';
import { MY_COLUMNS, type MyRow, myPayouts } from './my-payouts.js';

type Which = 'all' | 'arrived' | 'coming' | 'failed';

const CHOICES: { value: Which; label: string; filter: PayoutFilter }[] = [
  { value: 'all', label: 'All', filter: {} },
  { value: 'coming', label: 'On the way', filter: { status: { in: ['PENDING', 'PROCESSING'] } } },
  { value: 'arrived', label: 'Arrived', filter: { status: { in: ['COMPLETED'] } } },
  { value: 'failed', label: 'Not paid', filter: { status: { in: ['FAILED'] } } },
];

export function History() {
  const [which, setWhich] = useState<Which>('all');
  const filter = CHOICES.find(({ value }) => value === which)?.filter ?? {};
  const pages = usePages<MyRow>(myPayouts(filter));
  useNewRows(pages, ({ previousStatus }) => previousStatus === null && which !== 'failed');
  const fresh = useFresh();
  return (
    <Page title="History">
      <div className="mb-4 overflow-x-auto">
        <Segments label="Which" value={which} choices={CHOICES} choose={setWhich} />
      </div>
      <section aria-label="List of payouts" className="card overflow-clip">
        <Endless
          label="My payouts"
          pages={pages}
          columns={MY_COLUMNS}
          isFresh={fresh}
          empty={<Empty icon="payouts" title="No payouts here" />}
        />
      </section>
    </Page>
  );
}
