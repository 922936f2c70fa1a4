// How far the payouts of a run are, counted by the server and counted anew as they change.
import { Link } from '@tanstack/react-router';
import { useLoad } from '../api/context.js';
import { count } from '../format/locale.js';
import { RunProgressDocument, type RunProgressQuery } from '../gql/graphql.js';
import { Card } from '../ui/card.js';
import { Show } from '../ui/states.js';

interface ProgressProps {
  /** The moment before the run. */
  since: string;
  made: number;
}

export function Progress({ since, made }: ProgressProps) {
  const loaded = useLoad(RunProgressDocument, { since }, { on: () => true });
  return (
    <Card title="The run" note={`${count(made)} payouts were made.`}>
      <Show of={loaded} lines={2}>
        {(data) => <Bars data={data} made={made} />}
      </Show>
    </Card>
  );
}

const PARTS = [
  ['completed', 'Paid', 'bg-good'],
  ['failed', 'Failed', 'bg-bad'],
  ['processing', 'Sending', 'bg-busy'],
  ['pending', 'Waiting', 'bg-edge'],
] as const;

function Bars({ data, made }: { data: RunProgressQuery; made: number }) {
  const paid = data.completed?.totalCount ?? 0;
  const failed = data.failed?.totalCount ?? 0;
  return (
    <div className="grid gap-3 px-5 pb-5">
      <div
        role="progressbar"
        aria-label="Payouts of the run that have ended"
        aria-valuemin={0}
        aria-valuemax={made}
        aria-valuenow={Math.min(made, paid + failed)}
        className="flex h-2.5 overflow-hidden rounded-full bg-sunken"
      >
        {PARTS.map(([name, , color]) => (
          <div
            key={name}
            className={`transition-[width] ${color}`}
            style={{ width: `${((data[name]?.totalCount ?? 0) / made) * 100}%` }}
          />
        ))}
      </div>
      <p aria-live="polite" className="font-medium">
        {paid >= made ? 'All are paid.' : `${count(paid)} of ${count(made)} are paid.`}
      </p>
      <ul className="flex flex-wrap gap-x-6 gap-y-1 text-sm text-muted">
        {PARTS.map(([name, label, color]) => (
          <li key={name} className="flex items-center gap-2">
            <span aria-hidden="true" className={`size-2 rounded-full ${color}`} />
            {label} <span className="tabular-nums">{count(data[name]?.totalCount ?? 0)}</span>
          </li>
        ))}
      </ul>
      {failed > 0 && (
        <Link
          to="/payouts"
          search={{ status: 'FAILED' } as never}
          className="text-sm font-medium text-accent underline"
        >
          See those that failed
        </Link>
      )}
    </div>
  );
}
