// What a run would pay and what it leaves out, and the button that pays exactly that.
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct, useLoad } from '../api/context.js';
import { count, money, period } from '../format/locale.js';
import { EXCLUSIONS, spelled } from '../format/words.js';
import {
  CreateRunDocument,
  type CreateRunMutation,
  RunPreviewDocument,
  type RunPreviewQuery,
} from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { Card, Figure } from '../ui/card.js';
import { Confirm } from '../ui/confirm.js';
import { Empty, Show } from '../ui/states.js';
import { Money } from '../ui/values.js';

interface PreviewProps {
  from: string;
  to: string;
}

export function Preview({ from, to }: PreviewProps) {
  const input = { periodStart: from, periodEnd: to };
  const loaded = useLoad(
    RunPreviewDocument,
    { input },
    { on: ({ previousStatus }) => previousStatus === null },
  );
  return (
    <Card title={`What would be paid for ${period(from, to)}`}>
      <Show of={loaded} lines={4}>
        {({ payoutRunPreview }) => payoutRunPreview && <Previewed preview={payoutRunPreview} />}
      </Show>
    </Card>
  );
}

interface PreviewedProps {
  preview: NonNullable<RunPreviewQuery['payoutRunPreview']>;
}

function Previewed({ preview }: PreviewedProps) {
  const [asking, setAsking] = useState(false);
  const excluded = preview.excluded.filter(({ reason }) => reason !== 'ALREADY_PAID');
  return (
    <>
      {preview.payoutCount === 0 ? (
        <Empty icon="check" title="Nothing is left to pay in this period" />
      ) : (
        <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4 px-5 pb-5">
          <div className="flex flex-wrap gap-x-12 gap-y-4">
            <Figure name="In all" value={money(preview.totalCents, preview.currency)} />
            <Figure name="Payouts" value={count(preview.payoutCount)} />
          </div>
          <Button look="main" onClick={() => setAsking(true)}>
            Pay {money(preview.totalCents, preview.currency)}
          </Button>
        </div>
      )}
      {excluded.length > 0 && <Excluded rows={excluded} currency={preview.currency} />}
      {asking && <Pay preview={preview} close={() => setAsking(false)} />}
    </>
  );
}

function Excluded({ rows, currency }: { rows: PreviewedProps['preview']['excluded']; currency: string }) {
  return (
    <div className="border-t border-line px-5 py-4">
      <h3 className="text-sm font-medium text-muted">Left out</h3>
      <ul className="mt-2 grid gap-2">
        {rows.map(({ reason, statementCount, totalCents }) => (
          <li key={reason} className="flex flex-wrap justify-between gap-x-6">
            <span>{EXCLUSIONS[reason] ?? spelled(reason)}</span>
            <span className="text-muted">
              {count(statementCount)} {statementCount === 1 ? 'statement' : 'statements'} ·{' '}
              <Money cents={totalCents} currency={currency} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Pay({ preview, close }: PreviewedProps & { close: () => void }) {
  // One key for this question: pressed twice, or sent again after a lost answer, it pays once.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const { act } = useAct(CreateRunDocument);
  const navigate = useNavigate();
  const { periodStart, periodEnd, totalCents, payoutCount, digest } = preview;
  return (
    <Confirm
      title={`Pay ${money(totalCents, preview.currency)}?`}
      does={`Pay ${money(totalCents, preview.currency)}`}
      done={`${count(preview.payoutCount)} payouts are on their way`}
      act={async () => {
        const outcome = await act({
          input: {
            ...{ periodStart, periodEnd, idempotencyKey },
            ...{ expectedTotalCents: totalCents, expectedPayoutCount: payoutCount, expectedDigest: digest },
          },
        });
        const id = outcome.ok ? runIn(outcome.data) : null;
        if (id) void navigate({ to: '/runs/$id', params: { id } as never });
        return outcome;
      }}
      close={close}
    >
      {count(preview.payoutCount)} {preview.payoutCount === 1 ? 'payout' : 'payouts'} for{' '}
      {period(periodStart, periodEnd)}. Exactly this sum is paid: had it changed meanwhile, nothing would be.
    </Confirm>
  );
}

function runIn({ createPayoutRun: made }: CreateRunMutation): string | null {
  return made?.__typename === 'CreatePayoutRunPayload' ? (made.run?.id ?? null) : null;
}
