// What only the creator can do, above everything else. Where there is nothing, nothing stands here.
import type { ReactNode } from 'react';
import { useAct } from '../api/context.js';
import { localDay } from '../format/locale.js';
import { BeginOnboardingDocument, type CreatorHomeQuery, type PayoutRowFragment } from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Icon } from '../ui/icons.js';
import { say } from '../ui/toast.js';
import { Money } from '../ui/values.js';

interface NeedsYouProps {
  creator: CreatorHomeQuery['viewer']['creator'];
  rows: readonly PayoutRowFragment[];
}

export function NeedsYou({ creator, rows }: NeedsYouProps) {
  const failed = rows.filter(({ status, nextAttemptAt }) => status === 'FAILED' && !nextAttemptAt);
  return (
    <section aria-label="What needs you" className="grid gap-3 empty:hidden">
      {creator?.readiness && <SetUp readiness={creator.readiness} />}
      {failed.map((payout) => (
        <Notice
          key={payout.id}
          title={
            <>
              <Money cents={payout.amountCents} currency={payout.currency} /> could not be paid
            </>
          }
        >
          <p>{payout.failedReason ?? 'We are looking at it.'}</p>
        </Notice>
      ))}
    </section>
  );
}

type Readiness = NonNullable<NonNullable<CreatorHomeQuery['viewer']['creator']>['readiness']>;

const SET_UP: Readonly<Record<string, { title: string; text: string; does?: string }>> = {
  NOT_STARTED: {
    title: 'Set up how you are paid',
    text: 'We pay through Stripe, which must know who you are and where your money shall go. It takes some minutes; your payouts wait until then.',
    does: 'Set it up at Stripe',
  },
  ACTION_NEEDED: {
    title: 'Stripe needs something from you',
    text: 'Until it has it, your payouts wait. Nothing is lost.',
    does: 'Go on at Stripe',
  },
  IN_REVIEW: {
    title: 'Stripe looks at what you handed in',
    text: 'Nothing for you to do; this page says when it is done.',
  },
  REFUSED: {
    title: 'Stripe has turned your account down',
    text: 'Only its support can help. Write to it, and tell us if it takes long.',
  },
};

/** Who is ready may still be asked for something by a day. */
const askedLater = {
  title: 'Stripe will need something from you',
  text: 'You are paid as ever until then.',
  does: 'Go on at Stripe',
};

function SetUp({ readiness }: { readiness: Readiness }) {
  const { act, busy } = useAct(BeginOnboardingDocument);
  const { state, missing, deadline } = readiness;
  const words = SET_UP[state] ?? (missing.length > 0 ? askedLater : null);
  if (!words) return null;
  async function begin() {
    const outcome = await act({ input: {} });
    if (!outcome.ok) return say(outcome.problem.message, true);
    const link = outcome.data.createOnboardingLink;
    if (link?.__typename === 'CreateOnboardingLinkPayload') location.assign(link.url);
  }
  return (
    <Notice title={words.title} quiet={!words.does}>
      <p>{words.text}</p>
      {missing.length > 0 && (
        <ul className="mt-2 list-disc pl-5">
          {missing.map((thing) => (
            <li key={thing}>{thing}</li>
          ))}
        </ul>
      )}
      {deadline && <p className="mt-2">It has to be there by {localDay(deadline)}.</p>}
      {words.does && (
        <Button look="main" className="mt-4" busy={busy} onClick={() => void begin()}>
          {words.does}
        </Button>
      )}
    </Notice>
  );
}

interface NoticeProps {
  title: ReactNode;
  /** Nothing to do, only to know. */
  quiet?: boolean;
  children: ReactNode;
}

const Notice = ({ title, quiet = false, children }: NoticeProps) => (
  <div
    className={`flex gap-4 rounded-card border border-line p-5 ${quiet ? 'bg-busy-soft' : 'bg-warn-soft'}`}
  >
    <span className={quiet ? 'text-busy' : 'text-warn'}>
      <Icon name="warning" size={22} />
    </span>
    <div className="min-w-0 max-w-prose">
      <h2 className={`font-semibold ${quiet ? 'text-busy' : 'text-warn'}`}>{title}</h2>
      <div className="mt-0.5">{children}</div>
    </div>
  </div>
);
