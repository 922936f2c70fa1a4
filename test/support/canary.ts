// Canaries: every secret and address of the tests has a mark in it that nothing else has. All that the product emits while
// any test runs is looked through for them, and a file in which one was seen fails: see canary-watch.ts.
import { createLogger, type Logger } from '../../src/observability/logger.js';

/** Put it into whatever must never be told. */
export const CANARY = 'c4n4ry';

/** A card and a bank account that no test may find again; Stripe's own numbers for tests. */
export const CARD = '4000056655665556';
export const IBAN = 'DE89370400440532013000';

/** Tokens carry no mark that one could read: any at all is one too many. */
const SEEN = new RegExp(`${CANARY}|${CARD}|${IBAN}|\\beyJ[\\w-]{8,}\\.[\\w-]{8,}\\.`, 'i');

const leaks: string[] = [];
let listener: ((what: string, text: string) => void) | undefined;

/** Looks through what was emitted: `what` says by which way. */
export function watch(what: string, text: string): void {
  const seen = SEEN.exec(text);
  if (seen) leaks.push(`${what}: ${text.slice(Math.max(0, seen.index - 300), seen.index + 100)}`);
  listener?.(what, text);
}

/** What has leaked since the last time. */
export const takeLeaks = (): string[] => leaks.splice(0);

/** Hands over what was emitted as well; undefined: to nobody any more. */
export function listen(to: typeof listener): void {
  listener = to;
}

/** Where the log of every app and world of the tests goes. */
export const watchedLines = { write: (line: string) => watch('log', line) };

/** A log that tells everything, to nobody but the watch. */
export const watchedLog = (): Logger => createLogger('debug', watchedLines);
