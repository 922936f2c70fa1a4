// What an admin can decide about a payout, each with a reason that the audit keeps: retry, hold, release, approve, reject.
import { useState } from 'react';
import { useAct } from '../api/context.js';
import {
  ApprovePayoutDocument,
  HoldPayoutDocument,
  type PayoutPageQuery,
  RejectPayoutDocument,
  ReleasePayoutDocument,
  RetryPayoutDocument,
  type TypedDocumentString,
} from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Confirm } from '../ui/confirm.js';
import { Money } from '../ui/values.js';

type Payout = NonNullable<PayoutPageQuery['payout']>;

const DECISIONS = {
  approve: {
    name: 'Approve',
    document: ApprovePayoutDocument,
    means: 'is sent, this amount to the account that the creator has now',
    done: 'The payout is approved',
  },
  hold: {
    name: 'Hold',
    document: HoldPayoutDocument,
    means: 'is not sent by any path until it is released.',
    done: 'The payout is on hold',
  },
  release: {
    name: 'Release',
    document: ReleasePayoutDocument,
    means: 'goes its way again.',
    done: 'The payout is released',
  },
  reject: {
    name: 'Reject',
    document: RejectPayoutDocument,
    means:
      'ends here, unsent. It is never tried again, and its part of the statement is free for another payout.',
    done: 'The payout is rejected',
  },
} as const;

type Decision = keyof typeof DECISIONS;

/** Nothing is decided any more about what was rejected or sent. */
const isDecided = ({ status, control }: Payout) =>
  control === 'REJECTED' || status === 'COMPLETED' || status === 'PROCESSING';

export function needsApproval(payout: Payout): boolean {
  const { approval } = payout;
  return !isDecided(payout) && Boolean(approval?.required && (!approval.approvedAt || approval.voided));
}

/** What failed for good has ended already: there is nothing left to reject. */
const isUnsent = ({ status, nextAttemptAt }: Payout) => status === 'PENDING' || nextAttemptAt !== null;

/** What there is to decide now; the server has the last word. */
function decisionsFor(payout: Payout): Decision[] {
  const { control } = payout;
  if (isDecided(payout)) return [];
  return [
    needsApproval(payout) ? 'approve' : [],
    control === 'HELD' ? 'release' : 'hold',
    isUnsent(payout) ? 'reject' : [],
  ].flat() as Decision[];
}

export function Decisions({ payout }: { payout: Payout }) {
  const [asked, ask] = useState<Decision | 'retry' | null>(null);
  const close = () => ask(null);
  const decisions = decisionsFor(payout);
  const canRetry = payout.status === 'FAILED' && payout.control === null;
  return (
    <>
      {decisions.map((decision) => (
        <Button key={decision} look={decision === 'approve' ? 'main' : 'quiet'} onClick={() => ask(decision)}>
          {DECISIONS[decision].name}
        </Button>
      ))}
      {canRetry && (
        <Button look="main" onClick={() => ask('retry')}>
          Retry now
        </Button>
      )}
      {asked === 'retry' && <Retry payout={payout} close={close} />}
      {asked && asked !== 'retry' && <Decide decision={asked} payout={payout} close={close} />}
    </>
  );
}

interface AskedProps {
  payout: Payout;
  close: () => void;
}

const Sum = ({ payout }: { payout: Payout }) => (
  <>
    <Money cents={payout.amountCents} currency={payout.currency} className="font-semibold text-ink" /> to{' '}
    {payout.creator.displayName}
  </>
);

interface Seen {
  amountCents: number;
  destination: string | null;
}

/** What stands on the page: what was changed since nobody approves unseen. */
const seenOf = ({ amountCents, approval }: Payout): Seen => ({
  amountCents,
  destination: approval?.currentDestination ?? null,
});

function Decide({ decision, payout, close }: AskedProps & { decision: Decision }) {
  const { name, document, means, done } = DECISIONS[decision];
  const { act } = useAct(
    document as TypedDocumentString<unknown, { id: string; reason: string } & Partial<Seen>>,
  );
  return (
    <Confirm
      title={`${name} this payout?`}
      does={name}
      danger={decision === 'reject'}
      reason={{ label: 'Why', hint: 'Admins read it and the audit keeps it. The creator never sees it.' }}
      done={done}
      act={(reason) => act({ id: payout.id, reason, ...(decision === 'approve' && seenOf(payout)) })}
      close={close}
    >
      <Sum payout={payout} /> {means}
      {decision === 'approve' && <ToApprove destination={payout.approval?.currentDestination} />}
    </Confirm>
  );
}

const ToApprove = ({ destination }: { destination?: string | null | undefined }) => (
  <>{destination && ` (${destination})`}. Whoever asked for it cannot approve it.</>
);

function Retry({ payout, close }: AskedProps) {
  const { act } = useAct(RetryPayoutDocument);
  return (
    <Confirm
      title="Retry this payout?"
      does="Retry now"
      done="The payout is on its way again"
      act={() => act({ id: payout.id })}
      close={close}
    >
      <Sum payout={payout} /> is sent again. Stripe is asked first whether it was paid after all, so it cannot
      be paid twice.
    </Confirm>
  );
}
