// The life of a payout as data: every legal change of status, and what causes it. `apply.ts` is the only code that
// writes a status, and it writes only what this table allows. `decide.ts` writes what admins decide.
import type { PayoutStatus } from '../generated/prisma/enums.js';

export interface Transition {
  readonly from: PayoutStatus | null;
  readonly to: PayoutStatus;
  /** What causes it; also the action of its audit row. */
  readonly on: TransitionCause;
}

export type TransitionCause =
  | 'created'
  | 'claimed'
  | 'retry_claimed'
  | 'retry_requested'
  | 'transfer_settled'
  | 'transfer_refused'
  | 'transfer_reversed'
  | 'transfer_failed'
  | 'rejected';

export const TRANSITIONS: readonly Transition[] = [
  { from: null, to: 'PENDING', on: 'created' },
  // A worker takes it up; committed before Stripe is called.
  { from: 'PENDING', to: 'PROCESSING', on: 'claimed' },
  // An automatic retry fell due and a worker takes it up.
  { from: 'FAILED', to: 'PROCESSING', on: 'retry_claimed' },
  // An admin asks for one more attempt.
  { from: 'FAILED', to: 'PENDING', on: 'retry_requested' },
  // A valid transfer exists, whoever says so first: the response, a webhook or reconciliation.
  { from: 'PROCESSING', to: 'COMPLETED', on: 'transfer_settled' },
  // Stripe definitely refused. Unknown is not refused.
  { from: 'PROCESSING', to: 'FAILED', on: 'transfer_refused' },
  // The transfer was fully reversed; never retried by itself.
  { from: 'PROCESSING', to: 'FAILED', on: 'transfer_reversed' },
  { from: 'COMPLETED', to: 'FAILED', on: 'transfer_reversed' },
  // Older API versions: the transfer was made and failed later, and the API agrees.
  { from: 'PROCESSING', to: 'FAILED', on: 'transfer_failed' },
  { from: 'COMPLETED', to: 'FAILED', on: 'transfer_failed' },
  // An admin rejects what was not sent, or what waits to be sent again: it has ended.
  { from: 'PENDING', to: 'FAILED', on: 'rejected' },
  { from: 'FAILED', to: 'FAILED', on: 'rejected' },
];

/** What is decided about a payout that stays where it stands; also the action of its audit row. */
export type DecisionCause = 'held' | 'released' | 'approved' | 'approval_required';

/** Changes too, with a version, an audit row and an event, that leave the status as it is. */
export const DECISIONS: readonly { status: PayoutStatus; on: DecisionCause }[] = [
  { status: 'PENDING', on: 'held' },
  { status: 'FAILED', on: 'held' },
  { status: 'PENDING', on: 'released' },
  { status: 'FAILED', on: 'released' },
  { status: 'PENDING', on: 'approved' },
  { status: 'FAILED', on: 'approved' },
  // Its request made nothing, and the next one would go to another account than was approved.
  { status: 'PROCESSING', on: 'approved' },
  // A worker that was about to open a request for it has a lower limit than it was asked for under.
  { status: 'PENDING', on: 'approval_required' },
  { status: 'FAILED', on: 'approval_required' },
  { status: 'PROCESSING', on: 'approval_required' },
];

/** The row of the table for this change, or undefined where it is not allowed. */
export function transitionFor(on: TransitionCause, from: PayoutStatus | null): Transition | undefined {
  return TRANSITIONS.find((t) => t.on === on && t.from === from);
}

/** Whether this can be decided about a payout that stands so. */
export function canDecide(on: DecisionCause, status: PayoutStatus): boolean {
  return DECISIONS.some((decision) => decision.on === on && decision.status === status);
}

/** Whether any cause leads from one status to the other. */
export function isLegal(from: PayoutStatus | null, to: PayoutStatus): boolean {
  return TRANSITIONS.some((t) => t.from === from && t.to === to);
}
