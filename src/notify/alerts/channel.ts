// Somewhere that people are told of alerts. What is told, to whom and how often is decided by others; a channel knows
// how to say it.
import { createHash } from 'node:crypto';
import type { Alert } from '../../generated/prisma/client.js';
import type { Logger } from '../../observability/logger.js';

/** What is told of an alert. Each of them once, save `changed`, which is told now and then while the alert is open. */
export const STEPS = ['raised', 'acknowledged', 'changed', 'resolved'] as const;

export type Step = (typeof STEPS)[number];

/** A step of an alert, with the alert as it stands when it is told. */
export interface Notice {
  step: Step;
  alert: Alert;
}

/** What became of it. The reasons are for the log: no addresses, no keys, no words of others. */
export type Outcome =
  | { kind: 'sent' }
  /** The channel cannot take it now. `afterMs`: it said when it can. */
  | { kind: 'later'; why: string; afterMs?: number }
  /** It never will. */
  | { kind: 'refused'; why: string };

export interface Channel {
  name: ChannelName;
  /** The name and a fingerprint of the address: what was told at another address was told to others. */
  id: string;
  /** Ends within `TELL_MS`. What it throws counts as `later`. @param log of the job that tells */
  tell(notice: Notice, log?: Logger): Promise<Outcome>;
}

export const CHANNEL_NAMES = ['log', 'slack', 'pagerduty'] as const;

export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** Milliseconds that a channel may take over one notice. */
export const TELL_MS = 5_000;

/** `address` is what makes it this channel; it may be a secret. */
export function channelId(name: ChannelName, address: string): string {
  return `${name}-${createHash('sha256').update(address).digest('hex').slice(0, 12)}`;
}
