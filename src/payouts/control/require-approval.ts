// A payout that is about to be sent is above the limit of the worker that sends it, and was not asked for under one so low:
// written by other means than ours, or by a process without the setting. From then on it carries that limit, with its audit
// row and its event, so that whoever looks at it sees that it waits for an approval.
import type { Queryable } from '../../db/connect.js';
import type { PayoutStatus } from '../../generated/prisma/enums.js';
import { SYSTEM } from '../actor.js';
import type { AmountLimits } from '../money.js';
import { canDecide, type DecisionCause } from '../transitions.js';
import { REQUIRE_SQL } from './decide-sql.js';

const CAUSE: DecisionCause = 'approval_required';
const WHY = 'The amount is above PAYOUT_APPROVAL_ABOVE_CENTS, under which the payout was not asked for.';

/**
 * Call it in the transaction that opens the attempt, before it does, with the payouts locked.
 * @param status what has left it by now is passed over
 * @returns of how many this is said for the first time
 */
export async function requireApproval(
  db: Queryable,
  status: PayoutStatus,
  payoutIds: readonly string[],
  { approvalAboveCents }: Pick<AmountLimits, 'approvalAboveCents'>,
): Promise<number> {
  if (approvalAboveCents === null || payoutIds.length === 0) return 0;
  if (!canDecide(CAUSE, status)) throw new Error(`illegal decision: ${CAUSE} on ${status}`);
  const { rowCount } = await db.query({
    name: 'require-approval',
    text: REQUIRE_SQL,
    values: [payoutIds, CAUSE, SYSTEM.name, SYSTEM.requestId ?? null, approvalAboveCents, WHY, status],
  });
  return rowCount ?? 0;
}
