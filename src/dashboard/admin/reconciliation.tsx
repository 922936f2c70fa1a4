// Our books against Stripe's: what differs and is open, what was mended, and the runs that looked.
import { useEffect, useRef, useState } from 'react';
import { useAct, useLoad } from '../api/context.js';
import { usePages } from '../api/lists.js';
import { count, period } from '../format/locale.js';
import { actor, type Word } from '../format/words.js';
import {
  type DifferenceFragment,
  DifferencesDocument,
  type DifferencesQuery,
  ReconciliationsDocument,
  type ReconciliationsQuery,
  RunReconciliationDocument,
} from '../gql/graphql.js';
import { WordBadge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { Card } from '../ui/card.js';
import { Confirm } from '../ui/confirm.js';
import { Endless } from '../ui/endless.js';
import { Segments } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { When } from '../ui/values.js';
import { differenceColumns, Resolve } from './differences.js';

type State = 'OPEN' | 'REPAIRED' | 'RESOLVED';

const UNDER_WAY: readonly string[] = ['QUEUED', 'RUNNING'];
/** Milliseconds between two looks at a comparison that is not done. */
const UNDER_WAY_MS = 1_500;

export function Reconciliation() {
  const [asking, setAsking] = useState(false);
  const [underWay, setUnderWay] = useState(false);
  const every = underWay ? UNDER_WAY_MS : null;
  const runs = useLoad(ReconciliationsDocument, { first: 10 }, { onAlerts: true, every });
  const open = runs.data?.reconciliationRuns?.nodes.some(({ status }) => UNDER_WAY.includes(status)) ?? false;
  if (open !== underWay) setUnderWay(open);
  const { act } = useAct(RunReconciliationDocument);
  return (
    <Page
      title="Reconciliation"
      note="Every night our books are compared with Stripe’s. What is certain is mended; the rest waits here."
      actions={
        <Button look="main" onClick={() => setAsking(true)}>
          Compare now
        </Button>
      }
    >
      <div className="grid gap-4">
        <Differences underWay={underWay} />
        <Card title="Comparisons" className="overflow-hidden">
          <Show of={runs} lines={4}>
            {({ reconciliationRuns }) => <RunList runs={reconciliationRuns?.nodes ?? []} />}
          </Show>
        </Card>
      </div>
      {asking && (
        <Confirm
          title="Compare with Stripe now?"
          does="Compare"
          done="The comparison has begun"
          act={async () => {
            const outcome = await act({ input: {} });
            runs.reload();
            return outcome;
          }}
          close={() => setAsking(false)}
        >
          The last three days are compared. This moves no money.
        </Confirm>
      )}
    </Page>
  );
}

const STATES: { value: State; label: string }[] = [
  { value: 'OPEN', label: 'Open' },
  { value: 'REPAIRED', label: 'Mended by itself' },
  { value: 'RESOLVED', label: 'Resolved' },
];

const NONE: Record<State, string> = {
  OPEN: 'Our books and Stripe’s agree',
  REPAIRED: 'Nothing had to be mended',
  RESOLVED: 'Nothing had to be resolved',
};

function Differences({ underWay }: { underWay: boolean }) {
  const [state, setState] = useState<State>('OPEN');
  const [resolving, setResolving] = useState<DifferenceFragment | null>(null);
  const pages = usePages<DifferenceFragment>({
    document: DifferencesDocument,
    variables: { filter: { state } },
    select: (data) => (data as DifferencesQuery | undefined)?.reconciliationItems,
  });
  const wasUnderWay = useRef(underWay);
  useEffect(() => {
    if (wasUnderWay.current && !underWay) pages.reload();
    wasUnderWay.current = underWay;
  }, [underWay, pages]);
  return (
    <Card
      title="Differences"
      className="overflow-clip"
      aside={<Segments label="Which" value={state} choices={STATES} choose={setState} />}
    >
      <Endless
        label="Differences"
        pages={pages}
        heights={[88, 72]}
        columns={differenceColumns(setResolving)}
        empty={<Empty icon="check" title={NONE[state]} />}
      />
      {resolving && (
        <Resolve
          item={resolving}
          close={() => {
            setResolving(null);
            pages.reload();
          }}
        />
      )}
    </Card>
  );
}

const RUN_WORDS: Readonly<Record<string, Word>> = {
  QUEUED: { label: 'Waiting', tone: 'still', means: '' },
  RUNNING: { label: 'Comparing', tone: 'busy', means: '' },
  COMPLETED: { label: 'Done', tone: 'good', means: '' },
  FAILED: { label: 'Broke off', tone: 'bad', means: '' },
};

type Run = NonNullable<ReconciliationsQuery['reconciliationRuns']>['nodes'][number];

function RunList({ runs }: { runs: readonly Run[] }) {
  if (runs.length === 0) return <Empty icon="reconciliation" title="Nothing was compared yet" />;
  return (
    <ul className="divide-y divide-line border-t border-line">
      {runs.map((run) => (
        <li key={run.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-5 py-3.5">
          <div className="min-w-0 flex-1 basis-64">
            <p className="flex flex-wrap items-center gap-3">
              <span className="font-medium">{period(run.periodStart, run.periodEnd)}</span>
              <WordBadge word={RUN_WORDS[run.status] ?? { label: run.status, tone: 'still', means: '' }} />
            </p>
            <p className="text-sm text-muted">
              {run.error ??
                `${count(run.payoutsChecked)} payouts and ${count(run.transfersChecked)} transfers compared, ${count(run.repairedCount)} mended, ${count(run.openCount)} open`}
            </p>
          </div>
          <p className="text-sm text-muted">
            {actor(run.requestedBy)}, <When at={run.createdAt} />
          </p>
        </li>
      ))}
    </ul>
  );
}
