// All alerts: those that are open, and those that are over.
import { useEffect, useState } from 'react';
import { useApi, useLoad } from '../api/context.js';
import { usePages } from '../api/lists.js';
import { RULES, spelled } from '../format/words.js';
import {
  type AlertRowFragment,
  AlertsDocument,
  type AlertsQuery,
  OpenAlertsDocument,
} from '../gql/graphql.js';
import { Card } from '../ui/card.js';
import { Endless } from '../ui/endless.js';
import { Segments } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { Empty, Show } from '../ui/states.js';
import { When } from '../ui/values.js';
import { AlertList } from './alert-list.js';

type Which = 'open' | 'over';

export function Alerts() {
  const [which, setWhich] = useState<Which>('open');
  return (
    <Page
      title="Alerts"
      note="Each is raised once, and is over by itself when its cause is gone."
      actions={
        <Segments
          label="Which"
          value={which}
          choices={[
            { value: 'open', label: 'Open' },
            { value: 'over', label: 'Over' },
          ]}
          choose={setWhich}
        />
      }
    >
      {which === 'open' ? <Open /> : <Over />}
    </Page>
  );
}

function Open() {
  const loaded = useLoad(OpenAlertsDocument, { first: 100 }, { onAlerts: true });
  return (
    <section aria-label="Open alerts" className="card">
      <Show of={loaded} lines={5}>
        {({ alerts }) =>
          alerts?.nodes.length ? (
            <AlertList alerts={alerts.nodes} />
          ) : (
            <Empty icon="check" title="All is well">
              Nothing needs you right now.
            </Empty>
          )
        }
      </Show>
    </section>
  );
}

function Over() {
  const pages = usePages<AlertRowFragment>({
    document: AlertsDocument,
    variables: { filter: { open: false } },
    select: (data) => (data as AlertsQuery | undefined)?.alerts,
  });
  const { live } = useApi();
  useEffect(() => live.alerts.listen(() => pages.reload()), [live, pages]);
  return (
    <Card title="Over" className="overflow-clip">
      <Endless
        label="Alerts that are over"
        pages={pages}
        empty={<Empty icon="alerts" title="There has been none" />}
        columns={[
          {
            id: 'what',
            head: 'What it was',
            cell: ({ rule, message }) => (
              <>
                <span className="block truncate font-medium">{RULES[rule] ?? spelled(rule)}</span>
                <span className="block truncate text-sm text-muted">{message}</span>
              </>
            ),
          },
          {
            id: 'raised',
            head: 'Raised',
            cell: ({ openedAt }) => <When at={openedAt} />,
            className: 'hidden w-48 text-muted md:table-cell',
          },
          {
            id: 'over',
            head: 'Over',
            cell: ({ resolvedAt }) => resolvedAt && <When at={resolvedAt} as="relative" />,
            className: 'w-36 text-right text-muted',
          },
        ]}
      />
    </Card>
  );
}
