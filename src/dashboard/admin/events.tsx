// What Stripe has told, and what became of it. What was set aside or failed can be applied once more.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAct } from '../api/context.js';
import { usePages } from '../api/lists.js';
import { OUTCOMES, spelled } from '../format/words.js';
import {
  ReplayEventDocument,
  WebhookEventsDocument,
  type WebhookEventsQuery,
  type WebhookOutcome,
  type WebhookRowFragment,
} from '../gql/graphql.js';
import { WordBadge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { type Column, Endless } from '../ui/endless.js';
import { Page } from '../ui/page.js';
import { Empty } from '../ui/states.js';
import { say } from '../ui/toast.js';
import { Code, When } from '../ui/values.js';

const SHOWN: (WebhookOutcome | undefined)[] = [
  undefined,
  'quarantined',
  'failed',
  'pending',
  'applied',
  'ignored',
];

const wordOf = (outcome: string) =>
  OUTCOMES[outcome] ?? { label: spelled(outcome), tone: 'still' as const, means: '' };

export function Events() {
  const { outcome }: { outcome?: WebhookOutcome } = useSearch({ strict: false });
  const navigate = useNavigate();
  const pages = usePages<WebhookRowFragment>({
    document: WebhookEventsDocument,
    field: 'webhookEvents',
    variables: { filter: outcome ? { outcome } : {} },
    select: (data) => (data as WebhookEventsQuery | undefined)?.webhookEvents,
  });
  return (
    <Page title="Stripe events" note="Everything that Stripe has told us. Each is applied at most once.">
      <fieldset className="-mx-4 mb-4 flex min-w-0 gap-1.5 overflow-x-auto px-4 py-0.5 sm:mx-0 sm:px-0">
        <legend className="sr-only">What became of them</legend>
        {SHOWN.map((one) => (
          <button
            key={one ?? 'all'}
            type="button"
            aria-pressed={one === outcome}
            onClick={() =>
              void navigate({ to: '.', search: (one ? { outcome: one } : {}) as never, replace: true })
            }
            className="min-h-9 rounded-full border border-line bg-surface px-3.5 text-sm font-medium whitespace-nowrap text-muted hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-strong"
          >
            {one ? wordOf(one).label : 'All'}
          </button>
        ))}
      </fieldset>
      <section aria-label="List of events" className="card overflow-clip">
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
    cell: (row) => <Outcome row={row} />,
    className: 'w-36 text-right md:w-64',
  },
];

const AGAIN: readonly string[] = ['quarantined', 'failed', 'ignored'];

function Outcome({ row }: { row: WebhookRowFragment }) {
  const { act, busy } = useAct(ReplayEventDocument);
  async function replay() {
    const outcome = await act({ id: row.id });
    say(outcome.ok ? 'The event was applied once more' : outcome.problem.message);
  }
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-2">
      <WordBadge word={wordOf(row.outcome)} />
      {AGAIN.includes(row.outcome) && (
        <Button small busy={busy} aria-label={`Apply again: ${row.type}`} onClick={() => void replay()}>
          Apply again
        </Button>
      )}
    </span>
  );
}
