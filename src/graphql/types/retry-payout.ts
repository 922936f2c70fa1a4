// retryPayout: an admin asks for one more attempt.
import {
  InvalidInputError,
  InvalidTransitionError,
  NotFoundError,
  StatementOverdrawnError,
} from '../../payouts/errors.js';
import { retryPayout } from '../../payouts/retry.js';
import type { PayoutRow } from '../../payouts/row.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { Payout } from './payout.js';

const RetryPayoutInput = builder.inputType('RetryPayoutInput', {
  description: 'Which payout to try again.',
  fields: (t) => ({
    payoutId: t.globalID({ required: true, for: Payout, description: 'A payout that failed.' }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, at most 1000 characters: kept in the audit; creators never see it.',
    }),
  }),
});

export const RetryPayoutPayload = builder.objectRef<{ payout: PayoutRow }>('RetryPayoutPayload').implement({
  description: 'The payout, on its way again.',
  fields: (t) => ({
    payout: t.field({ type: Payout, description: 'As it stands now.', resolve: ({ payout }) => payout }),
  }),
});

builder.mutationField('retryPayout', (t) =>
  t.withAuth({ admin: true }).field({
    type: RetryPayoutPayload,
    nullable: true,
    description: 'Tries a failed payout once more, whatever the number of retries so far. For admins.',
    errors: {
      types: [InvalidInputError, NotFoundError, InvalidTransitionError, StatementOverdrawnError],
      directResult: true,
      union: { name: 'RetryPayoutResult', description: 'The payout, or why it is not tried again.' },
    },
    args: { input: t.arg({ type: RetryPayoutInput, required: true, description: 'Which one.' }) },
    resolve: async (_root, { input }, context) => ({
      payout: await retryPayout(context.services, input.payoutId.id, actorOf(context, input.reason)),
    }),
  }),
);
