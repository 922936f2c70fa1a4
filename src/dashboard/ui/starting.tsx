// The page before anything is known: its outline, so that nothing jumps when it comes.
import { Skeleton } from './states.js';

export const Starting = () => (
  <div role="status" className="min-h-dvh lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
    <span className="sr-only">Loading…</span>
    <div className="hidden h-dvh border-r border-line bg-surface lg:block" />
    <div className="mx-auto grid w-full max-w-6xl content-start gap-6 px-4 py-9 sm:px-8">
      <Skeleton className="h-8 w-48" />
      <div className="card h-40" />
      <div className="card h-72" />
    </div>
  </div>
);
