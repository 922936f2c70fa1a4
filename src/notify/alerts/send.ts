// Tells a channel all that it has not been told yet. Any number of workers may do so at once; each channel is by itself,
// so that one that does not answer holds up nobody else.
import type pg from 'pg';
import { checkpoint } from '../../observability/checkpoints.js';
import type { Logger } from '../../observability/logger.js';
import type { Channel, Outcome } from './channel.js';
import { type ClaimedNotice, claimNotice } from './claim.js';
import { planDeliveries } from './plan.js';
import { reasonOf } from './post.js';
import { recordOutcome } from './record.js';

export interface SendDeps {
  pool: pg.Pool;
  log: Logger;
  /** Milliseconds at least between two notices that an open alert has changed. */
  updateEveryMs: number;
}

/** Until nothing is due, the channel does not answer, or `signal` says stop. @returns how many were told */
export async function sendAlerts(deps: SendDeps, channel: Channel, signal: AbortSignal): Promise<number> {
  let sent = 0;
  while (!signal.aborted) {
    // Anew before each one: what was resolved meanwhile is told as such.
    await planDeliveries(deps.pool, { channel: channel.id, updateEveryMs: deps.updateEveryMs });
    checkpoint('alerts.after_plan');
    const notice = await claimNotice(deps.pool, channel.id);
    if (!notice) break;
    const outcome = await tell(deps, channel, notice);
    if (outcome?.kind === 'later') break;
    if (outcome?.kind === 'sent') sent++;
  }
  return sent;
}

/** @returns null where another worker has it by now */
async function tell(deps: SendDeps, channel: Channel, notice: ClaimedNotice): Promise<Outcome | null> {
  if (performance.now() > notice.deadline) return null;
  const outcome = await channel.tell(notice, deps.log).catch((error: unknown): Outcome => {
    return { kind: 'later', why: reasonOf(error) };
  });
  const recorded = await recordOutcome(deps.pool, notice, outcome, deps.updateEveryMs);
  if (!recorded) return null;
  report(deps.log, channel, notice, outcome);
  return outcome;
}

function report(
  log: Logger,
  { name: channel }: Channel,
  { step, alert }: ClaimedNotice,
  outcome: Outcome,
): void {
  if (outcome.kind === 'sent') return;
  const { kind, why } = outcome;
  const about = { channel, step, alertId: alert.id, rule: alert.rule, why };
  if (kind === 'later') log.warn(about, 'alert not told; trying again');
  else log.error(about, 'alert refused by its channel for good; look at the channel’s settings');
}
