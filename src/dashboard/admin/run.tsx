// One run: how far it is, told by the server as it goes on, and its payouts.
import { useParams } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { useApi, useLoad } from '../api/context.js';
import { useFresh, usePages } from '../api/lists.js';
import { period } from '../format/locale.js';
import { actor } from '../format/words.js';
import {
  type PayoutRowFragment,
  PayoutsDocument,
  type PayoutsQuery,
  RunPageDocument,
  type RunWithProgressFragment,
  WatchRunDocument,
} from '../gql/graphql.js';
import { Back } from '../ui/back.js';
import { Card } from '../ui/card.js';
import { Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { When } from '../ui/values.js';
import { payoutColumns } from './payout-columns.js';
import { Progress } from './run-progress.js';

export function RunDetails() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  // A payout that had failed and goes on makes a run go on that had finished.
  const loaded = useLoad(
    RunPageDocument,
    { id },
    { on: ({ previousStatus }) => previousStatus === 'FAILED' },
  );
  useProgress(id, loaded.data?.payoutRun?.progress.finished ?? true);
  return (
    <Show of={loaded} lines={6}>
      {({ payoutRun }) => (payoutRun ? <Found run={payoutRun} /> : <NoRun />)}
    </Show>
  );
}

/** What the server tells goes into the cache, where the page reads. */
function useProgress(id: string, isFinished: boolean): void {
  const { live } = useApi();
  useEffect(() => (isFinished ? undefined : live.follow(WatchRunDocument, { id })), [live, id, isFinished]);
}

const NoRun = () => (
  <Page title="No such run" above={<Back to="/runs">Runs</Back>}>
    <div className="card">
      <Empty icon="runs" title="There is no run at this address" />
    </div>
  </Page>
);

function Found({ run }: { run: RunWithProgressFragment }) {
  return (
    <Page
      title={`Run for ${period(run.periodStart, run.periodEnd)}`}
      above={<Back to="/runs">Runs</Back>}
      note={
        <>
          Made by {actor(run.requestedBy)}, <When at={run.createdAt} />
          {run.reason && <span className="block">“{run.reason}”</span>}
        </>
      }
    >
      <div className="grid gap-4">
        <Progress run={run} />
        <PayoutsOf id={run.id} />
      </div>
    </Page>
  );
}

function PayoutsOf({ id }: { id: string }) {
  const pages = usePages<PayoutRowFragment>({
    document: PayoutsDocument,
    variables: { filter: { payoutRunId: id } },
    select: (data) => (data as PayoutsQuery | undefined)?.payouts,
  });
  const columns = useMemo(() => payoutColumns(), []);
  return (
    <Card title="Its payouts" className="overflow-clip">
      <Endless
        label="Payouts of this run"
        pages={pages}
        columns={columns}
        isFresh={useFresh()}
        empty={<Empty icon="payouts" title="It has no payouts" />}
      />
    </Card>
  );
}
