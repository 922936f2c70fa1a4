// Who a mutation is done by, for the audit.
import type { Actor } from '../payouts/actor.js';
import type { Viewer } from '../payouts/viewer.js';

export function actorOf({ viewer, requestId }: { viewer: Viewer; requestId: string }): Actor {
  return { name: viewer.sub, requestId };
}
