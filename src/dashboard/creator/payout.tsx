// One payout of a creator: what it is for, where it stands in plain words, and what happened.
import { useParams } from '@tanstack/react-router';
import { useLoad } from '../api/context.js';
import { money } from '../format/locale.js';
import { forCreators } from '../format/words.js';
import { MyPayoutDocument, type MyPayoutQuery } from '../gql/graphql.js';
import { Back } from '../ui/back.js';
import { StatusBadge } from '../ui/badge.js';
import { Card, Fact, Facts } from '../ui/card.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { Timeline } from '../ui/timeline.js';
import { Code, Money, When } from '../ui/values.js';
import { whatFor } from './my-payouts.js';
import { sentenceOf } from './under-way.js';

type Payout = NonNullable<MyPayoutQuery['payout']>;

export function PayoutDetails() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const loaded = useLoad(MyPayoutDocument, { id }, { on: ({ payout }) => payout.id === id });
  return (
    <Show of={loaded} lines={6}>
      {({ payout }) => (payout ? <Found payout={payout} /> : <NoPayout />)}
    </Show>
  );
}

const NoPayout = () => (
  <Page title="No such payout" above={<Back to="/payouts">History</Back>}>
    <div className="card">
      <Empty icon="payouts" title="You have no payout at this address" />
    </div>
  </Page>
);

function Found({ payout }: { payout: Payout }) {
  // A decision that changes no status is the platform's business.
  const changes = payout.history.filter(({ previousStatus, status }) => previousStatus !== status);
  const steps = changes.reverse().map(({ cursor, status, reason, occurredAt }, at) => {
    const word = forCreators({ status, nextAttemptAt: at === 0 ? payout.nextAttemptAt : null });
    // What happens now stands above.
    return { key: cursor, tone: word.tone, title: word.label, text: at > 0 ? reason : null, at: occurredAt };
  });
  return (
    <Page
      title={money(payout.amountCents, payout.currency)}
      above={<Back to="/payouts">History</Back>}
      note={<StatusBadge of={payout} plain />}
    >
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card title="Where it stands">
          <p className="max-w-prose px-5 pb-4 text-lg">{sentenceOf(payout)}</p>
          <Timeline steps={steps} />
        </Card>
        <Card title="About it">
          <Facts>
            <Fact name="What it is for" wide>
              {whatFor(payout) ?? 'A payment'}
            </Fact>
            <Fact name="Made">
              <When at={payout.createdAt} />
            </Fact>
            <Fact name="Arrived">{payout.processedAt ? <When at={payout.processedAt} /> : 'Not yet'}</Fact>
            {payout.status === 'COMPLETED' && payout.reversedCents > 0 && (
              <Fact name="Stays with you">
                <Money cents={payout.amountCents - payout.reversedCents} currency={payout.currency} />
              </Fact>
            )}
            <Fact name="Name it by this, if you ask us" wide>
              <Code>{payout.reference}</Code>
            </Fact>
          </Facts>
        </Card>
      </div>
    </Page>
  );
}
