// Connected accounts in our own terms: whether they can receive transfers, and what Stripe still asks of them.
import type Stripe from 'stripe';
import type { AccountRequirements, AccountState } from '../payouts/ports.js';

/** What gates the bank leg (`payouts_enabled`) does not matter. */
export function accountState(account: Stripe.Account): AccountState {
  return {
    transfersEnabled: account.capabilities?.transfers === 'active',
    requirements: account.requirements ? requirementsOf(account.requirements) : null,
  };
}

function requirementsOf(requirements: Stripe.Account.Requirements): AccountRequirements {
  const { currently_due, past_due, pending_verification, disabled_reason, current_deadline } = requirements;
  return {
    due: [...new Set([...(past_due ?? []), ...(currently_due ?? [])])],
    pending: pending_verification ?? [],
    disabledReason: disabled_reason ?? null,
    deadline: current_deadline ? new Date(current_deadline * 1_000).toISOString() : null,
  };
}
