// A creator's first page: what is on its way, what has arrived, and what needs the creator to do something.
import { Link } from '@tanstack/react-router';
import { useLoad, useWhenStale } from '../api/context.js';
import { useFresh, usePages } from '../api/lists.js';
import { count, money } from '../format/locale.js';
import { CreatorHomeDocument, type CreatorHomeQuery } from '../gql/graphql.js';
import { Card } from '../ui/card.js';
import { Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { Bank } from './bank.js';
import { MY_COLUMNS, type MyRow, myPayouts } from './my-payouts.js';
import { NeedsYou } from './needs-you.js';
import { UnderWay } from './under-way.js';

export function Home() {
  const loaded = useLoad(CreatorHomeDocument, {}, { on: () => true });
  return (
    <Page title="My payouts">
      <div className="grid gap-4">
        <Show of={loaded} lines={6}>
          {(data) => <Now data={data} />}
        </Show>
        <Latest />
      </div>
    </Page>
  );
}

function Now({ data }: { data: CreatorHomeQuery }) {
  const { payoutSummary: summary, viewer } = data;
  const rows = [...(data.failed?.nodes ?? []), ...(data.underWay?.nodes ?? [])];
  return (
    <>
      <NeedsYou creator={viewer.creator} rows={rows} />
      {summary && <Sums summary={summary} />}
      <UnderWay rows={rows} />
      {viewer.creator?.bankPayouts?.length ? <Bank payouts={viewer.creator.bankPayouts} /> : null}
    </>
  );
}

interface SumsProps {
  summary: NonNullable<CreatorHomeQuery['payoutSummary']>;
}

function Sums({ summary }: SumsProps) {
  const { currency, pending, processing, retrying, completed, thisMonth } = summary;
  // What is tried again by itself is still on its way.
  const underWayCents = pending.amountCents + processing.amountCents + retrying.amountCents;
  return (
    <section aria-label="Sums" className="card grid gap-5 p-5 sm:grid-cols-[1.4fr_1fr_1fr]">
      <Sum name="On its way to you" cents={underWayCents} currency={currency} main />
      <Sum name="Arrived this month" cents={thisMonth.completedCents} currency={currency} />
      <Sum
        name="Arrived in all"
        cents={completed.amountCents}
        currency={currency}
        note={`${count(completed.count)} ${completed.count === 1 ? 'payout' : 'payouts'}`}
      />
    </section>
  );
}

interface SumProps {
  name: string;
  cents: number;
  currency: string;
  note?: string;
  main?: boolean;
}

const Sum = ({ name, cents, currency, note, main = false }: SumProps) => (
  <div className="min-w-0">
    <p className="text-sm text-muted">{name}</p>
    <p className={`money mt-1 font-semibold tracking-tight ${main ? 'text-4xl' : 'text-2xl'}`}>
      {money(cents, currency)}
    </p>
    {note && <p className="mt-0.5 text-sm text-muted">{note}</p>}
  </div>
);

function Latest() {
  const pages = usePages<MyRow>(myPayouts({ status: { in: ['COMPLETED'] } }));
  useWhenStale(
    () => pages.reload(),
    ({ status, previousStatus }) => status === 'COMPLETED' || previousStatus === 'COMPLETED',
  );
  const fresh = useFresh();
  return (
    <Card
      title="Arrived"
      className="overflow-clip"
      aside={
        <Link to="/payouts" className="text-sm font-medium text-accent hover:underline">
          Whole history
        </Link>
      }
    >
      <Endless
        label="Payouts that arrived"
        pages={pages}
        columns={MY_COLUMNS}
        isFresh={fresh}
        empty={
          <Empty icon="payouts" title="Nothing has arrived yet">
            As soon as your first payout arrives, it stands here.
          </Empty>
        }
      />
    </Card>
  );
}
