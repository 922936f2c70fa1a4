// What the list of payouts is narrowed by. The statuses carry their exact counts.
import { type KeyboardEvent, useState } from 'react';
import { useLoad } from '../api/context.js';
import { count } from '../format/locale.js';
import { forAdmins, STATUSES } from '../format/words.js';
import {
  CreatorPageDocument,
  type PayoutStatus,
  StandingsDocument,
  type StandingsQuery,
} from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { TextField } from '../ui/field.js';
import { Icon } from '../ui/icons.js';
import { SearchField } from '../ui/search.js';
import { TAB, Tabs } from '../ui/tabs.js';
import type { PayoutSearch } from './payout-search.js';

interface FiltersProps {
  search: PayoutSearch;
  change: (next: Partial<PayoutSearch>) => void;
}

export function Filters({ search, change }: FiltersProps) {
  const hasMore = [search.from, search.to, search.min, search.max].some((value) => value !== undefined);
  const [more, setMore] = useState(hasMore);
  return (
    <search className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Search payouts"
          hint="Creator, e-mail, payout or transfer"
          value={search.q ?? ''}
          change={(q) => change({ q })}
        />
        <Button aria-expanded={more} aria-controls="more-filters" onClick={() => setMore(!more)}>
          Filters
          {hasMore && <span className="size-2 rounded-full bg-accent" title="Some are set" />}
        </Button>
      </div>
      <StatusTabs search={search} change={change} />
      {more && <More search={search} change={change} />}
      {search.creator && <OfCreator id={search.creator} remove={() => change({ creator: undefined })} />}
    </search>
  );
}

function StatusTabs({ search, change }: FiltersProps) {
  const { data } = useLoad(StandingsDocument, search.creator ? { creatorId: search.creator } : {}, {
    on: () => true,
  });
  const counts = countsOf(data?.payoutSummary);
  return (
    <Tabs label="Status">
      {[undefined, ...STATUSES].map((status) => (
        <button
          key={status ?? 'all'}
          type="button"
          aria-pressed={search.status === status && !search.wait}
          onClick={() => change({ status, wait: undefined })}
          className={TAB}
        >
          {status ? forAdmins({ status }).label : 'All'}
          {counts && <span className="tabular-nums">{count(counts[status ?? 'all'])}</span>}
        </button>
      ))}
      {WAITS.map(({ wait, label }) => (
        <button
          key={wait}
          type="button"
          aria-pressed={search.wait === wait}
          onClick={() => change({ status: undefined, wait })}
          className={TAB}
        >
          {label}
        </button>
      ))}
    </Tabs>
  );
}

const WAITS = [
  { wait: 'held', label: 'On hold' },
  { wait: 'approval', label: 'To approve' },
] as const;

function countsOf(
  summary: StandingsQuery['payoutSummary'] | undefined,
): Record<PayoutStatus | 'all', number> | null {
  if (!summary) return null;
  const { pending, processing, completed, failed } = summary;
  const all = pending.count + processing.count + completed.count + failed.count;
  return {
    all,
    PENDING: pending.count,
    PROCESSING: processing.count,
    COMPLETED: completed.count,
    FAILED: failed.count,
  } as never;
}

const numberOf = (text: string) => (text === '' || Number.isNaN(Number(text)) ? undefined : Number(text));

/** As if one had gone on to the next field. */
function onEnter({ key, currentTarget }: KeyboardEvent<HTMLInputElement>): void {
  if (key !== 'Enter') return;
  currentTarget.blur();
  currentTarget.focus();
}

function More({ search, change }: FiltersProps) {
  return (
    <div id="more-filters" className="card grid grid-cols-1 gap-4 p-4 sm:grid-cols-2 lg:grid-cols-4">
      <TextField
        label="Created from"
        type="date"
        value={search.from ?? ''}
        onChange={(e) => change({ from: e.target.value || undefined })}
      />
      <TextField
        label="Created until"
        type="date"
        value={search.to ?? ''}
        onChange={(e) => change({ to: e.target.value || undefined })}
      />
      <TextField
        label="Amount from"
        inputMode="decimal"
        defaultValue={search.min ?? ''}
        onBlur={(e) => change({ min: numberOf(e.target.value) })}
        onKeyDown={onEnter}
      />
      <TextField
        label="Amount up to"
        inputMode="decimal"
        defaultValue={search.max ?? ''}
        onBlur={(e) => change({ max: numberOf(e.target.value) })}
        onKeyDown={onEnter}
      />
    </div>
  );
}

function OfCreator({ id, remove }: { id: string; remove: () => void }) {
  const { data } = useLoad(CreatorPageDocument, { id });
  const name = data?.node?.__typename === 'Creator' ? data.node.displayName : '…';
  return (
    <p>
      <span className="inline-flex items-center gap-1 rounded-full bg-accent-soft py-0.5 pr-1 pl-3 text-sm font-medium text-accent-strong">
        {name}
        <button
          type="button"
          onClick={remove}
          aria-label={`Payouts of all creators, not only ${name}`}
          className="grid size-6 place-items-center rounded-full hover:bg-surface"
        >
          <Icon name="close" size={14} />
        </button>
      </span>
    </p>
  );
}
