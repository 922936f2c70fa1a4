// Whether a creator can receive transfers, as Stripe last said; and the payouts that waited for just that.

import { recordAudit } from '../../db/audit.js';
import type { Queryable } from '../../db/connect.js';
import type { Actor } from '../actor.js';
import { releasePayouts } from '../apply.js';
import type { AccountFact } from '../facts.js';

/** Stripe's code for a creator who cannot receive transfers. */
export const NOT_READY_CODE = 'insufficient_capabilities_for_transfer';

export interface HeardReadiness {
  /** Some creator has this account. */
  known: boolean;
  /** Payouts that are tried again now, since their creator has become ready. */
  released: number;
}

const STRIPE: Actor = { name: 'stripe' };

/**
 * Keeps what Stripe said last, by Stripe's clock. Call it inside a transaction.
 * @param actor who made us hear of it
 */
export async function hearOfReadiness(
  db: Queryable,
  told: AccountFact,
  actor: Actor = STRIPE,
): Promise<HeardReadiness> {
  const { rows } = await db.query<Heard>(
    `WITH before AS MATERIALIZED (
       SELECT id, transfers_enabled FROM creators WHERE stripe_account_id = $1 ORDER BY id FOR NO KEY UPDATE
     ), heard AS (
       UPDATE creators SET transfers_enabled = $2, readiness_told_at = $3::timestamp, updated_at = now(),
         requirements = COALESCE($4::jsonb, requirements)
       WHERE id IN (SELECT id FROM before) AND stripe_account_id = $1
         AND (readiness_told_at IS NULL OR readiness_told_at <= $3::timestamp) RETURNING id)
     SELECT id, id IN (SELECT id FROM heard) AS heard, transfers_enabled AS before FROM before`,
    [
      told.accountId,
      told.transfersEnabled,
      told.toldAt.toISOString(),
      told.requirements && JSON.stringify(told.requirements),
    ],
  );
  const heard = rows.filter((row) => row.heard);
  for (const { id, before } of heard) {
    if (before !== told.transfersEnabled) await recordChange(db, id, told, actor);
  }
  const ready = told.transfersEnabled ? heard : [];
  let released = 0;
  for (const { id } of ready) released += await releaseOf(db, id);
  return { known: rows.length > 0, released };
}

interface Heard {
  id: string;
  heard: boolean;
  /** Whether it could receive transfers. */
  before: boolean;
}

function recordChange(
  db: Queryable,
  creatorId: string,
  { accountId, transfersEnabled }: AccountFact,
  { name, requestId }: Actor,
): Promise<void> {
  return recordAudit(db, {
    chain: `creator:${creatorId}`,
    actor: name,
    action: 'creator_readiness_changed',
    reason: 'Stripe says so.',
    ...(requestId && { requestId }),
    before: { stripeAccountId: accountId, transfersEnabled: !transfersEnabled },
    after: { stripeAccountId: accountId, transfersEnabled },
  });
}

/** Their next attempt is due at once, rather than when its delay is over. */
async function releaseOf(db: Queryable, creatorId: string): Promise<number> {
  const payoutIds = await releasePayouts(db, creatorId, NOT_READY_CODE);
  if (payoutIds.length === 0) return 0;
  await recordAudit(db, {
    chain: `creator:${creatorId}`,
    actor: 'stripe',
    action: 'payouts_released',
    reason: 'The creator can receive transfers.',
    after: { payoutIds },
  });
  return payoutIds.length;
}
