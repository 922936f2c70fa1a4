// The switch: while payouts are paused every page says so, and offers to go on.
import { useState } from 'react';
import { useAct } from '../api/context.js';
import { actor } from '../format/words.js';
import { PauseDocument, ResumeDocument, type SwitchStateFragment } from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Confirm } from '../ui/confirm.js';
import { Icon } from '../ui/icons.js';
import { When } from '../ui/values.js';

export function PausedBanner({ processing }: { processing: SwitchStateFragment }) {
  const [asking, setAsking] = useState(false);
  return (
    <section aria-label="Payouts are paused" className="border-b border-line bg-bad text-surface">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-8">
        <Icon name="pause" size={20} />
        <p className="min-w-0 flex-1 basis-60">
          <strong className="font-semibold">Payouts are paused. Nothing is sent.</strong>{' '}
          {processing.reason && `“${processing.reason}” – `}
          {processing.changedBy && `${actor(processing.changedBy)}, `}
          <When at={processing.changedAt} />
        </p>
        <Button small className="outline-surface" onClick={() => setAsking(true)}>
          Resume payouts
        </Button>
      </div>
      {asking && <Resume close={() => setAsking(false)} />}
    </section>
  );
}

export function SwitchButton({ paused }: { paused: boolean }) {
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <>
      <Button small onClick={() => setAsking(true)}>
        <Icon name={paused ? 'runs' : 'pause'} size={16} />
        {paused ? 'Resume payouts' : 'Pause payouts'}
      </Button>
      {asking && (paused ? <Resume close={close} /> : <Pause close={close} />)}
    </>
  );
}

function Pause({ close }: { close: () => void }) {
  const { act } = useAct(PauseDocument);
  return (
    <Confirm
      title="Pause all payouts?"
      does="Pause payouts"
      danger
      reason={{ label: 'Why', hint: 'Stands in the audit, and on every page while they are paused.' }}
      done="Payouts are paused"
      act={(reason) => act({ reason })}
      close={close}
    >
      Nothing new is sent to Stripe. What is under way finishes, and new payouts wait.
    </Confirm>
  );
}

function Resume({ close }: { close: () => void }) {
  const { act } = useAct(ResumeDocument);
  return (
    <Confirm
      title="Resume payouts?"
      does="Resume payouts"
      reason={{ label: 'What has been mended', hint: 'Stands in the audit.' }}
      done="Payouts go on"
      act={(reason) => act({ reason })}
      close={close}
    >
      Everything that waits is sent from now on.
    </Confirm>
  );
}
