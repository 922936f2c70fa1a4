// What is written down about a payout: what was asked of Stripe, what Stripe told, what its creator was told, who did what.
import type { ReactNode } from 'react';
import { ACTIONS, ATTEMPTS, actor, EMAIL_STATES, EMAILS, spelled, type Word } from '../format/words.js';
import type { PayoutPageQuery } from '../gql/graphql.js';
import { WordBadge } from '../ui/badge.js';
import { Card } from '../ui/card.js';
import { DownloadButton } from '../ui/download.js';
import { Code, When } from '../ui/values.js';
import { EventOutcome } from './event-outcome.js';

type Payout = NonNullable<PayoutPageQuery['payout']>;

interface RecordProps {
  title: string;
  badge?: ReactNode;
  at: string;
  children?: ReactNode;
}

const Entry = ({ title, badge, at, children }: RecordProps) => (
  <li className="grid gap-1 px-5 py-3.5">
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
      <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{title}</span>
        {badge}
      </span>
      <span className="basis-full text-sm text-muted sm:basis-auto">
        <When at={at} as="second" />
      </span>
    </div>
    {children}
  </li>
);

const Entries = ({ children }: { children: ReactNode }) => (
  <ul className="divide-y divide-line border-t border-line">{children}</ul>
);

const wordIn = (words: Readonly<Record<string, Word>>, code: string): Word =>
  words[code] ?? { label: spelled(code), tone: 'still', means: '' };

export function Attempts({ payout }: { payout: Payout }) {
  if (!payout.attempts?.length) return null;
  return (
    <Card title="Asked of Stripe" note="Each request, and what came of it.">
      <Entries>
        {payout.attempts.map(({ number, outcome, startedAt, errorMessage, sends, stripeRequestId }) => (
          <Entry
            key={number}
            title={`Attempt ${number}`}
            badge={<WordBadge word={wordIn(ATTEMPTS, outcome)} />}
            at={startedAt}
          >
            {errorMessage && <p className="text-sm">{errorMessage}</p>}
            <p className="text-sm text-muted">
              {sends > 1 && `Sent ${sends} times under one key. `}
              {stripeRequestId && (
                <>
                  Stripe’s number: <Code>{stripeRequestId}</Code>
                </>
              )}
            </p>
          </Entry>
        ))}
      </Entries>
    </Card>
  );
}

export function ToldByStripe({ payout }: { payout: Payout }) {
  if (!payout.webhookEvents?.length) return null;
  return (
    <Card title="Told by Stripe" note="What came by itself about its transfer, the latest first.">
      <Entries>
        {payout.webhookEvents.map((event) => (
          <Entry
            key={event.id}
            title={spelled(event.type)}
            badge={<EventOutcome row={event} />}
            at={event.receivedAt}
          >
            <p className="text-sm text-muted">{event.error ?? <Code>{event.reference}</Code>}</p>
          </Entry>
        ))}
      </Entries>
    </Card>
  );
}

export function Emails({ payout }: { payout: Payout }) {
  if (!payout.emails?.length) return null;
  return (
    <Card title="E-mails" note={`What ${payout.creator.displayName} was told.`}>
      <Entries>
        {payout.emails.map(({ template, state, attempts, error, createdAt, sentAt, nextAttemptAt }) => (
          <Entry
            key={template + createdAt}
            title={EMAILS[template] ?? spelled(template)}
            badge={<WordBadge word={wordIn(EMAIL_STATES, state)} />}
            at={sentAt ?? createdAt}
          >
            {error && (
              <p className="text-sm text-muted">
                {error}
                {attempts > 1 && ` Tried ${attempts} times.`}
                {nextAttemptAt && (
                  <>
                    {' '}
                    Next try <When at={nextAttemptAt} as="relative" />.
                  </>
                )}
              </p>
            )}
          </Entry>
        ))}
      </Entries>
    </Card>
  );
}

export function Audit({ payout }: { payout: Payout }) {
  const rows = payout.auditEvents?.nodes ?? [];
  return (
    <Card
      title="Audit"
      note="Who did what to it. Rows are never changed."
      aside={
        <DownloadButton path={`/exports/payouts/${payout.reference}/audit`}>Save as a page</DownloadButton>
      }
    >
      <Entries>
        {rows.map(({ sequence, action, actor: who, reason, occurredAt }) => (
          <Entry
            key={sequence}
            title={ACTIONS[action] ?? spelled(action)}
            badge={<span className="text-muted">{actor(who)}</span>}
            at={occurredAt}
          >
            {reason && <p className="text-sm text-muted">{reason}</p>}
          </Entry>
        ))}
      </Entries>
      {payout.auditEvents?.pageInfo.hasNextPage && (
        <p className="border-t border-line px-5 py-3 text-sm text-muted">
          There is more; the saved page has all of it.
        </p>
      )}
    </Card>
  );
}
