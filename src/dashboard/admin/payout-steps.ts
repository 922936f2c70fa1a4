// What happened to a payout as steps of its timeline: changes of its status, and decisions, which change none.
import { ACTIONS, forAdmins, type Tone } from '../format/words.js';
import type { PayoutPageQuery } from '../gql/graphql.js';
import type { Step } from '../ui/timeline.js';

type Payout = NonNullable<PayoutPageQuery['payout']>;
type Change = Payout['history'][number];

const DECISIONS: Readonly<Record<string, Tone>> = {
  held: 'warn',
  released: 'still',
  approved: 'good',
  rejected: 'bad',
};

/** The latest first. */
export const stepsOf = (payout: Payout): Step[] =>
  payout.history.map((change, at) => stepOf(payout, change, at)).reverse();

function stepOf(payout: Payout, change: Change, at: number): Step {
  const { cursor: key, reason: text, occurredAt } = change;
  const decision = decisionOf(payout, change);
  if (decision) {
    const title = ACTIONS[decision] ?? decision;
    return { key, text, at: occurredAt, title, tone: DECISIONS[decision] ?? 'still' };
  }
  const isLatest = at === payout.history.length - 1;
  const { status } = change;
  const word = forAdmins({ status, nextAttemptAt: isLatest ? payout.nextAttemptAt : null });
  return { key, text, at: occurredAt, tone: word.tone, title: at === 0 ? 'Created' : word.label };
}

/** It and its row in the audit were written at once. */
function decisionOf({ auditEvents }: Payout, { occurredAt, previousStatus, status }: Change): string | null {
  const row = auditEvents?.nodes.find((one) => one.action in DECISIONS && one.occurredAt === occurredAt);
  return row?.action ?? (previousStatus === status ? 'looked_at' : null);
}
