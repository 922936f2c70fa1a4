// A progress bar on a terminal's error stream: what is piped on stays clean, and a script sees none.
import { SingleBar } from 'cli-progress';

export interface Progress {
  to(done: number): void;
  stop(): void;
}

/** @param what in the past: `312 of 1000 retried` */
export function showProgress(what: string, total: number, quiet: boolean): Progress {
  if (quiet || !process.stderr.isTTY) return { to: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: `{bar} {percentage}%  {value} of {total} ${what}`,
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
  });
  bar.start(Math.max(1, total), 0);
  return { to: (done) => bar.update(done), stop: () => bar.stop() };
}
