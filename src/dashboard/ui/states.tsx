// What stands in the place of data: while it comes, when there is none, and when it did not come.
import type { ReactNode } from 'react';
import type { Loaded } from '../api/context.js';
import type { Problem } from '../api/errors.js';
import { Button } from './button.js';
import { Icon, type IconName } from './icons.js';
import { Code } from './values.js';

export const Skeleton = ({ className = 'h-4 w-24' }: { className?: string }) => (
  <span aria-hidden="true" className={`skeleton inline-block ${className}`} />
);

export function Waiting({ lines = 3 }: { lines?: number }) {
  return (
    <div className="grid gap-3 p-5" role="status">
      <span className="sr-only">Loading…</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never move
        <Skeleton key={line} className={line % 2 ? 'h-4 w-2/3' : 'h-4 w-full'} />
      ))}
    </div>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-1 px-6 py-14 text-center">
      <span className="mb-3 grid size-11 place-items-center rounded-full bg-sunken text-muted">
        <Icon name={icon} size={20} />
      </span>
      <p className="font-semibold">{title}</p>
      {children && <div className="max-w-sm text-muted">{children}</div>}
    </div>
  );
}

export function Failed({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div role="alert" className="grid justify-items-center gap-1 px-6 py-12 text-center">
      <span className="mb-3 grid size-11 place-items-center rounded-full bg-bad-soft text-bad">
        <Icon name={problem.offline ? 'offline' : 'warning'} size={20} />
      </span>
      <p className="font-semibold">{problem.message}</p>
      <p className="max-w-sm text-muted">
        {problem.offline
          ? 'It is asked again as soon as the connection is back.'
          : 'Nothing was changed by this.'}
        {problem.requestId && (
          <>
            {' '}
            If it stays, tell us this number: <Code>{problem.requestId}</Code>
          </>
        )}
      </p>
      {retry && (
        <Button small className="mt-3" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** One of the three, or what was loaded. What is there already stays while a newer look at it fails. */
export function Show<Data>({
  of,
  children,
  lines,
}: {
  of: Loaded<Data>;
  children: (data: Data) => ReactNode;
  lines?: number;
}) {
  if (of.data !== undefined && of.data !== null) return children(of.data);
  if (of.problem) return <Failed problem={of.problem} retry={of.reload} />;
  return <Waiting lines={lines} />;
}
