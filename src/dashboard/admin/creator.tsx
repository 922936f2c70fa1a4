// One creator: whether it can be paid, what it was paid, and its payouts.
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useLoad } from '../api/context.js';
import { useFresh, usePages } from '../api/lists.js';
import { count, day, money } from '../format/locale.js';
import {
  CreatorPageDocument,
  type CreatorPageQuery,
  type PayoutRowFragment,
  PayoutsDocument,
  type PayoutsQuery,
  StandingsDocument,
} from '../gql/graphql.js';
import { Back } from '../ui/back.js';
import { BankBadge } from '../ui/bank.js';
import { Card, Fact, Facts, Figure } from '../ui/card.js';
import { DownloadButton } from '../ui/download.js';
import { Endless } from '../ui/endless.js';
import { InlineSelect } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { Code, Money, When } from '../ui/values.js';
import { payoutColumns } from './payout-columns.js';
import { Ready } from './ready.js';

type Creator = Extract<NonNullable<CreatorPageQuery['node']>, { __typename: 'Creator' }>;

export function CreatorDetails() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const loaded = useLoad(CreatorPageDocument, { id });
  return (
    <Show of={loaded} lines={6}>
      {({ node }) => (node?.__typename === 'Creator' ? <Found creator={node} /> : <NoCreator />)}
    </Show>
  );
}

const NoCreator = () => (
  <Page title="No such creator" above={<Back to="/creators">Creators</Back>}>
    <div className="card">
      <Empty icon="creators" title="There is no creator at this address" />
    </div>
  </Page>
);

function Found({ creator }: { creator: Creator }) {
  return (
    <Page
      title={creator.displayName}
      above={<Back to="/creators">Creators</Back>}
      note={
        <span className="flex flex-wrap items-center gap-3">
          <Ready is={creator.transfersEnabled} />
          {creator.email}
        </span>
      }
    >
      <div className="grid gap-4">
        <Sums id={creator.id} />
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Card title="About">
            <Facts>
              <Fact name="Their id on the platform">
                {creator.externalId ? <Code>{creator.externalId}</Code> : 'None'}
              </Fact>
              <Fact name="Since">
                <When at={creator.createdAt} />
              </Fact>
            </Facts>
          </Card>
          <BankCard creator={creator} />
        </div>
        <Statements id={creator.id} />
        <PayoutsOf id={creator.id} />
      </div>
    </Page>
  );
}

const THIS_YEAR = new Date().getUTCFullYear();
const YEARS = [THIS_YEAR, THIS_YEAR - 1, THIS_YEAR - 2];

/** What the creator itself can take from its own pages. */
function Statements({ id }: { id: string }) {
  const [year, setYear] = useState(THIS_YEAR);
  const path = `/exports/statement?${new URLSearchParams({ year: String(year), creatorId: id })}`;
  return (
    <Card
      title="Year’s statement"
      note="What was paid in a year, month by month, to print or to hand on."
      aside={
        <div className="flex flex-wrap items-center gap-2">
          <InlineSelect label="Year" value={year} onChange={(e) => setYear(Number(e.target.value))}>
            {YEARS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </InlineSelect>
          <DownloadButton path={path}>Page</DownloadButton>
          <DownloadButton path={`${path}&format=csv`}>CSV</DownloadButton>
        </div>
      }
    />
  );
}

function Sums({ id }: { id: string }) {
  const { data } = useLoad(
    StandingsDocument,
    { creatorId: id },
    { on: ({ payout }) => payout.creator.id === id },
  );
  const summary = data?.payoutSummary;
  const under =
    summary && summary.pending.amountCents + summary.processing.amountCents + summary.retrying.amountCents;
  return (
    <section aria-label="Sums" className="card grid grid-cols-2 gap-4 p-5 lg:grid-cols-4">
      <Figure
        name="Paid"
        value={summary ? money(summary.completed.amountCents, summary.currency) : '…'}
        note={summary && `${count(summary.completed.count)} payouts`}
      />
      <Figure name="On its way" value={summary ? money(under ?? 0, summary.currency) : '…'} />
      <Figure
        name="Failed for good"
        value={
          summary ? money(summary.failed.amountCents - summary.retrying.amountCents, summary.currency) : '…'
        }
        note={summary && `${count(summary.failed.count - summary.retrying.count)} payouts`}
      />
      <Figure
        name="This month"
        value={summary ? money(summary.thisMonth.completedCents, summary.currency) : '…'}
      />
    </section>
  );
}

function BankCard({ creator }: { creator: Creator }) {
  return (
    <Card title="On to the bank" note="What Stripe paid on from the creator’s balance.">
      {creator.bankPayouts?.length ? (
        <ul className="divide-y divide-line border-t border-line">
          {creator.bankPayouts.map((payout) => (
            <li key={payout.id} className="flex items-center justify-between gap-4 px-5 py-3">
              <span className="flex items-center gap-3">
                <Money cents={payout.amountCents} currency={payout.currency} className="font-medium" />
                <BankBadge status={payout.status} />
              </span>
              <span className="text-sm text-muted">{payout.arrivesOn && day(payout.arrivesOn)}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="px-5 pb-5 text-muted">Nothing yet.</p>
      )}
    </Card>
  );
}

function PayoutsOf({ id }: { id: string }) {
  const pages = usePages<PayoutRowFragment>({
    document: PayoutsDocument,
    variables: { filter: { creatorId: id } },
    select: (data) => (data as PayoutsQuery | undefined)?.payouts,
  });
  const columns = useMemo(() => payoutColumns(undefined, false), []);
  return (
    <Card
      title="Payouts"
      className="overflow-clip"
      aside={
        <Link
          to="/payouts"
          search={{ creator: id } as never}
          className="text-sm font-medium text-accent hover:underline"
        >
          Filter and sort
        </Link>
      }
    >
      <Endless
        label="Payouts of this creator"
        pages={pages}
        columns={columns}
        isFresh={useFresh()}
        empty={<Empty icon="payouts" title="No payouts yet" />}
      />
    </Card>
  );
}
