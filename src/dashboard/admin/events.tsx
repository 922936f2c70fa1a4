// What Stripe has told, and what became of it. What was set aside or failed can be applied once more.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { usePages } from '../api/lists.js';
import { spelled } from '../format/words.js';
import {
  WebhookEventsDocument,
  type WebhookEventsQuery,
  type WebhookOutcome,
  type WebhookRowFragment,
} from '../gql/graphql.js';
import { type Column, Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';
import { TAB, Tabs } from '../ui/tabs.js';
import { Code, When } from '../ui/values.js';
import { EventOutcome, outcomeWord } from './event-outcome.js';

const SHOWN: (WebhookOutcome | undefined)[] = [
  undefined,
  'quarantined',
  'failed',
  'pending',
  'applied',
  'ignored',
];

export function Events() {
  const { outcome }: { outcome?: WebhookOutcome } = useSearch({ strict: false });
  const navigate = useNavigate();
  const pages = usePages<WebhookRowFragment>({
    document: WebhookEventsDocument,
    variables: { filter: outcome ? { outcome } : {} },
    select: (data) => (data as WebhookEventsQuery | undefined)?.webhookEvents,
  });
  return (
    <Page title="Stripe events" note="Everything that Stripe has told us. Each is applied at most once.">
      <Tabs label="What became of them">
        {SHOWN.map((one) => (
          <button
            key={one ?? 'all'}
            type="button"
            aria-pressed={one === outcome}
            onClick={() =>
              void navigate({ to: '.', search: (one ? { outcome: one } : {}) as never, replace: true })
            }
            className={TAB}
          >
            {one ? outcomeWord(one).label : 'All'}
          </button>
        ))}
      </Tabs>
      <section aria-label="List of events" className="card mt-4 overflow-clip">
        <Endless
          label="Stripe events"
          pages={pages}
          columns={COLUMNS}
          heights={[92, 64]}
          empty={
            <Empty icon="events" title={outcome ? 'No event of this kind' : 'Stripe has told nothing yet'} />
          }
        />
      </section>
    </Page>
  );
}

const COLUMNS: Column<WebhookRowFragment>[] = [
  {
    id: 'event',
    head: 'Event',
    cell: ({ type, reference, error, receivedAt }) => (
      <>
        <span className="block truncate font-medium">{spelled(type)}</span>
        <span className="block truncate text-sm text-muted">{error ?? <Code>{reference}</Code>}</span>
        <span className="block truncate text-sm text-muted md:hidden">
          <When at={receivedAt} />
        </span>
      </>
    ),
  },
  {
    id: 'came',
    head: 'Came',
    cell: ({ receivedAt }) => <When at={receivedAt} />,
    className: 'hidden w-48 text-muted md:table-cell',
  },
  {
    id: 'outcome',
    head: 'What became of it',
    cell: (row) => <EventOutcome row={row} />,
    className: 'w-36 text-right md:w-64',
  },
];
