// Who a mutation is done by, and why, for the audit.
import type { Actor } from '../payouts/actor.js';
import { optionalReason } from '../payouts/reason.js';
import type { Viewer } from '../payouts/viewer.js';

/** @param reason in the caller's words, where the input has them @throws InvalidInputError where they are too many */
export function actorOf(
  { viewer, requestId }: { viewer: Viewer; requestId: string },
  reason?: string | null,
): Actor {
  const why = optionalReason(reason);
  return { name: viewer.sub, requestId, ...(why && { reason: why }) };
}
