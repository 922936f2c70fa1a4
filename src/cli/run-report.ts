// A payout run as people read it: what it would pay and what not, and how far it has come.
import { formatCents } from '../payouts/money.js';
import type { ExclusionReason } from '../payouts/runs/candidates.js';
import type { RunPreview } from '../payouts/runs/preview.js';
import type { RunProgress, RunStage } from '../payouts/runs/progress.js';

const WHY: Readonly<Record<ExclusionReason, string>> = {
  ABOVE_MAXIMUM: 'more than the largest payout',
  ALREADY_PAID: 'paid already, or being paid',
  BELOW_MINIMUM: 'less than the smallest payout',
  CREATOR_NOT_READY: 'the creator cannot receive transfers yet',
  HELD: 'held by an admin',
  REJECTED: 'rejected by an admin',
  TAKEN_BACK: 'paid, and taken back at Stripe',
};

export function formatPreview(preview: RunPreview & { platformBalanceCents: number | null }): string {
  const { periodStart, periodEnd, payoutCount, totalCents, currency, excluded } = preview;
  const money = (cents: number) => formatCents(cents, currency);
  const left = excluded.map(
    ({ reason, statementCount, totalCents: cents }) =>
      `  ${counted(statementCount, 'statement')}, ${money(cents)}: ${WHY[reason]}`,
  );
  return [
    `${periodStart} to ${periodEnd}: ${counted(payoutCount, 'payout')}, ${money(totalCents)}.`,
    ...approvalLine(preview, money),
    balanceLine(preview, money),
    ...(left.length > 0 ? ['Left out:', ...left] : []),
  ].join('\n');
}

type Money = (cents: number) => string;

function approvalLine({ needsApprovalCount, needsApprovalCents }: RunPreview, money: Money): string[] {
  if (needsApprovalCount === 0) return [];
  return [
    `Of these wait for an approval: ${counted(needsApprovalCount, 'payout')}, ${money(needsApprovalCents)}.`,
  ];
}

function balanceLine(
  { platformBalanceCents: balance, totalCents }: RunPreview & { platformBalanceCents: number | null },
  money: Money,
): string {
  if (balance === null) return 'At Stripe: unknown, since Stripe does not say at the moment.';
  const missing = totalCents - balance;
  return `At Stripe: ${money(balance)}${missing > 0 ? `, ${money(missing)} too little` : ''}.`;
}

const STANDS: Readonly<Record<RunStage, string>> = {
  PENDING: 'wait for a worker',
  PROCESSING: 'being sent',
  COMPLETED: 'paid',
  RETRYING: 'refused by Stripe, and tried again by themselves',
  FAILED: 'failed',
  HELD: 'held by an admin',
  AWAITING_APPROVAL: 'wait for an approval',
};

export function formatProgress({ stages }: RunProgress, currency: string): string {
  return stages
    .filter(({ payoutCount }) => payoutCount > 0)
    .map(
      ({ stage, payoutCount, totalCents }) =>
        `${counted(payoutCount, 'payout')}, ${formatCents(totalCents, currency)}: ${STANDS[stage]}`,
    )
    .join('\n');
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
