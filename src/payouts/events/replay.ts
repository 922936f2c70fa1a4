// An admin has an event of Stripe's applied once more: one that was set aside, ignored or could not be applied.
import { recordAudit } from '../../db/audit.js';
import type { Queryable } from '../../db/connect.js';
import { inTransaction } from '../../db/transaction.js';
import type { WebhookOutcome } from '../../generated/prisma/enums.js';
import { type Actor, askedBy } from '../actor.js';
import { InvalidTransitionError, NotFoundError } from '../errors.js';
import { applyEvent, type InboxDeps } from './inbox.js';

/**
 * It waits again, and is applied at once where that is possible.
 * @throws NotFoundError, InvalidTransitionError when it was applied already: each event is applied at most once; and
 * what keeps it from being applied now, in which case it waits
 */
export async function replayWebhookEvent(deps: InboxDeps, eventId: string, actor: Actor): Promise<void> {
  await inTransaction(deps.pool, (db) => waitAgain(db, eventId, actor));
  await applyEvent(deps, eventId).catch((err: unknown) => {
    deps.log.warn({ err, eventId, requestId: actor.requestId }, 'replayed event not applied yet');
  });
}

/** How the event was left. */
interface Left {
  outcome: WebhookOutcome;
  type: string;
  error: string | null;
  attempts: number;
}

async function waitAgain(db: Queryable, eventId: string, actor: Actor): Promise<void> {
  const { rows } = await db.query<Left>(
    'SELECT outcome, type, error, attempts FROM webhook_events WHERE id = $1 FOR UPDATE',
    [eventId],
  );
  if (!rows[0]) throw new NotFoundError('webhook event');
  const { outcome } = rows[0];
  if (outcome === 'applied') {
    throw new InvalidTransitionError(outcome, 'The event was applied; each one is applied at most once.');
  }
  await db.query(
    `UPDATE webhook_events SET outcome = 'pending', error = NULL, attempts = 0, wait_until = NULL,
       finished_at = NULL WHERE id = $1`,
    [eventId],
  );
  await recordAudit(db, {
    chain: `webhook:${eventId}`,
    ...askedBy(actor),
    action: 'webhook_event_replayed',
    before: rows[0],
    after: { ...rows[0], outcome: 'pending', error: null, attempts: 0 },
  });
}
