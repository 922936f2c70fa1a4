// How far a run is: its payouts by where they stand, and the money in each.
import { count, money } from '../format/locale.js';
import { STAGES, spelled } from '../format/words.js';
import type { PayoutRunStage, RunWithProgressFragment } from '../gql/graphql.js';
import { Card } from '../ui/card.js';

/** What has ended first, what needs somebody last. */
const ORDER: PayoutRunStage[] = [
  'COMPLETED',
  'FAILED',
  'PROCESSING',
  'RETRYING',
  'PENDING',
  'HELD',
  'AWAITING_APPROVAL',
];

const COLORS: Readonly<Record<PayoutRunStage, string>> = {
  COMPLETED: 'bg-good',
  FAILED: 'bg-bad',
  PROCESSING: 'bg-busy',
  RETRYING: 'bg-warn',
  PENDING: 'bg-edge',
  HELD: 'bg-warn',
  AWAITING_APPROVAL: 'bg-warn',
};

export function Progress({ run }: { run: RunWithProgressFragment }) {
  const { stages, endedCount, finished } = run.progress;
  const shown = ORDER.flatMap((stage) => stages.find((one) => one.stage === stage) ?? []);
  const paid = stages.find(({ stage }) => stage === 'COMPLETED')?.payoutCount ?? 0;
  return (
    <Card title={finished ? 'It is done' : 'How far it is'} note={sentence(run, paid)}>
      <div className="grid gap-4 px-5 pb-5">
        <div
          role="progressbar"
          aria-label="Payouts of the run that have ended"
          aria-valuemin={0}
          aria-valuemax={run.payoutCount}
          aria-valuenow={endedCount}
          className="flex h-2.5 overflow-hidden rounded-full bg-sunken"
        >
          {shown.map(({ stage, payoutCount }) => (
            <div
              key={stage}
              className={`transition-[width] ${COLORS[stage]}`}
              style={{ width: `${(payoutCount / Math.max(1, run.payoutCount)) * 100}%` }}
            />
          ))}
        </div>
        <dl className="flex flex-wrap gap-x-10 gap-y-3">
          {shown
            .filter(({ stage, payoutCount }) => payoutCount > 0 || stage === 'COMPLETED')
            .map(({ stage, payoutCount, totalCents }) => (
              <div key={stage}>
                <dt className="flex items-center gap-2 text-sm text-muted">
                  <span aria-hidden="true" className={`size-2 rounded-full ${COLORS[stage]}`} />
                  {STAGES[stage] ?? spelled(stage)}
                </dt>
                <dd className="mt-0.5 tabular-nums">
                  <span className="font-semibold">{count(payoutCount)}</span>{' '}
                  <span className="text-muted">· {money(totalCents, run.currency)}</span>
                </dd>
              </div>
            ))}
        </dl>
      </div>
    </Card>
  );
}

const sentence = ({ payoutCount, totalCents, currency }: RunWithProgressFragment, paid: number) => (
  <span aria-live="polite">
    {paid >= payoutCount
      ? `All ${count(payoutCount)} are paid, ${money(totalCents, currency)}.`
      : `${count(paid)} of ${count(payoutCount)} are paid, of ${money(totalCents, currency)} in all.`}
  </span>
);
