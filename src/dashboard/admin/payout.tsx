// One payout: what happened to it and when, what was asked of Stripe, who did what, and what can be done now.
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useLoad } from '../api/context.js';
import { money, period } from '../format/locale.js';
import { PayoutPageDocument, type PayoutPageQuery } from '../gql/graphql.js';
import { Back } from '../ui/back.js';
import { StatusBadge } from '../ui/badge.js';
import { Card, Fact, Facts } from '../ui/card.js';
import { Icon } from '../ui/icons.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { Timeline } from '../ui/timeline.js';
import { Code, Money, When } from '../ui/values.js';
import { Decisions, needsApproval } from './decisions.js';
import { Attempts, Audit, Emails, ToldByStripe } from './payout-records.js';
import { stepsOf } from './payout-steps.js';

type Payout = NonNullable<PayoutPageQuery['payout']>;

export function PayoutDetails() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const loaded = useLoad(PayoutPageDocument, { id }, { on: ({ payout }) => payout.id === id });
  useLateNews(loaded.data?.payout?.history.length, loaded.reload);
  return (
    <Show of={loaded} lines={6}>
      {({ payout }) => (payout ? <Found payout={payout} /> : <NoPayout />)}
    </Show>
  );
}

/** What follows upon a change without being one: Stripe's own word of it, and the e-mail. */
const LATE_MS = 3_000;

function useLateNews(changes: number | undefined, reload: () => void): void {
  const latest = useRef(reload);
  latest.current = reload;
  const seen = useRef(changes);
  useEffect(() => {
    const isNews = seen.current !== undefined && seen.current !== changes;
    seen.current = changes;
    if (!isNews) return;
    const timer = setTimeout(() => latest.current(), LATE_MS);
    return () => clearTimeout(timer);
  }, [changes]);
}

const NoPayout = () => (
  <Page title="No such payout" above={<Back to="/payouts">Payouts</Back>}>
    <div className="card">
      <Empty icon="payouts" title="There is no payout at this address" />
    </div>
  </Page>
);

function Found({ payout }: { payout: Payout }) {
  return (
    <Page
      title={money(payout.amountCents, payout.currency)}
      above={<Back to="/payouts">Payouts</Back>}
      note={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <StatusBadge of={payout} />
          <span>
            to{' '}
            <Link
              to="/creators/$id"
              params={{ id: payout.creator.id } as never}
              className="font-medium text-ink underline"
            >
              {payout.creator.displayName}
            </Link>
          </span>
        </span>
      }
      actions={<Decisions payout={payout} />}
    >
      <HeldBack payout={payout} />
      {payout.status === 'FAILED' && <Failure payout={payout} />}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid gap-4">
          <Card title="What happened">
            <History payout={payout} />
          </Card>
          <Attempts payout={payout} />
          <ToldByStripe payout={payout} />
          <Emails payout={payout} />
          <Audit payout={payout} />
        </div>
        <About payout={payout} />
      </div>
    </Page>
  );
}

function HeldBack({ payout }: { payout: Payout }) {
  const isHeld = payout.control === 'HELD';
  if (!isHeld && !needsApproval(payout)) return null;
  return (
    <div className="mb-4 flex gap-3 rounded-card bg-warn-soft p-4 text-warn">
      <Icon name="pause" size={20} />
      <div className="min-w-0">
        <p className="font-semibold">
          {isHeld ? 'It is on hold.' : 'It waits for the approval of a second admin.'}
        </p>
        {isHeld && payout.heldReason && <p>“{payout.heldReason}”</p>}
      </div>
    </div>
  );
}

function Failure({ payout }: { payout: Payout }) {
  const tone = payout.nextAttemptAt ? 'bg-warn-soft text-warn' : 'bg-bad-soft text-bad';
  return (
    <div className={`mb-4 flex gap-3 rounded-card p-4 ${tone}`}>
      <Icon name="warning" size={20} />
      <div className="min-w-0">
        <p className="font-semibold">{payout.failedReason ?? 'Stripe refused it.'}</p>
        <p>
          <NextTry payout={payout} />
          {payout.failureCode && (
            <>
              {' '}
              Code: <Code>{payout.failureCode}</Code>
            </>
          )}
        </p>
      </div>
    </div>
  );
}

function NextTry({ payout: { nextAttemptAt, control } }: { payout: Payout }) {
  if (!nextAttemptAt) return 'It is not tried again by itself.';
  if (control === 'HELD') return 'It is not tried again before it is released.';
  return (
    <>
      It is tried again by itself <When at={nextAttemptAt} as="relative" />.
    </>
  );
}

const History = ({ payout }: { payout: Payout }) => <Timeline steps={stepsOf(payout)} />;

function About({ payout }: { payout: Payout }) {
  const { creator, royaltyStatement: statement } = payout;
  return (
    <Card title="About it">
      <Facts>
        <Fact name="Creator" wide>
          {creator.displayName}
          {'email' in creator && creator.email && (
            <span className="block text-sm text-muted">{creator.email}</span>
          )}
        </Fact>
        <Fact name="Paid from" wide>
          {statement ? (
            <>
              {period(statement.periodStart, statement.periodEnd)}
              <span className="block text-sm text-muted">
                of <Money cents={statement.amountCents} currency={statement.currency} /> earned
              </span>
            </>
          ) : (
            'No statement'
          )}
        </Fact>
        {payout.run && (
          <Fact name="Paid with" wide>
            <Link to="/runs/$id" params={{ id: payout.run.id } as never} className="font-medium underline">
              The run for {period(payout.run.periodStart, payout.run.periodEnd)}
            </Link>
          </Fact>
        )}
        <Fact name="Created">
          <When at={payout.createdAt} />
        </Fact>
        <Fact name="Paid">{payout.processedAt ? <When at={payout.processedAt} /> : 'Not yet'}</Fact>
        {payout.reversedCents > 0 && (
          <Fact name="Taken back">
            <Money cents={payout.reversedCents} currency={payout.currency} />
          </Fact>
        )}
        {payout.approval?.approvedBy && (
          <Fact name={payout.approval.voided ? 'Was approved by' : 'Approved by'}>
            {payout.approval.approvedBy}
          </Fact>
        )}
        <Fact name="Retries">{payout.retryCount}</Fact>
        {payout.lastRetryAt && (
          <Fact name="Last retry">
            <When at={payout.lastRetryAt} />
          </Fact>
        )}
        <Fact name="Payout" wide>
          <Code>{payout.reference}</Code>
        </Fact>
        {payout.stripeTransferId && (
          <Fact name="Stripe’s transfer" wide>
            <Code>{payout.stripeTransferId}</Code>
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
