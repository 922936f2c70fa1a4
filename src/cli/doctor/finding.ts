// What the doctor says of one thing.
import type { ReadyConfig } from '../../config.js';

export interface Finding {
  /** What was looked at: stable, for scripts. */
  check: string;
  /** `error`: money or messages stop. `warning`: it works, and somebody should look. */
  status: 'ok' | 'warning' | 'error';
  message: string;
  /** What to do about it. */
  fix?: string;
}

/** Looks at the settings alone. */
export type Check = (config: ReadyConfig) => Finding[];

export const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message });

export const warning = (check: string, message: string, fix?: string): Finding => ({
  check,
  status: 'warning',
  message,
  ...(fix && { fix }),
});

export const failed = (check: string, message: string, fix?: string): Finding => ({
  check,
  status: 'error',
  message,
  ...(fix && { fix }),
});

/** Milliseconds that something may take to answer. */
export const PATIENCE_MS = 5_000;

/** Why it did not work, without what a URL may keep secret. */
export function reasonOf(error: unknown): string {
  const { message, code, cause } = error as { message?: string; code?: string; cause?: unknown };
  // fetch says no more than that it failed.
  if (cause instanceof Error) return reasonOf(cause);
  const said = message || code || String(error);
  const [first = ''] = said.replace(/\/\/[^/@\s]*@/g, '//').split('\n');
  return first.replace(/\.$/, '');
}
