// retryPayouts: an admin asks for one more attempt of many payouts, each with a result of its own.
import {
  InvalidInputError,
  InvalidTransitionError,
  NotFoundError,
  type PayoutError,
  StatementOverdrawnError,
} from '../../payouts/errors.js';
import { retryPayouts } from '../../payouts/retry.js';
import type { PayoutRow } from '../../payouts/row.js';
import { isGood } from '../../payouts/upsert/rows.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { Payout } from './payout.js';
import { RetryPayoutPayload } from './retry-payout.js';

const RetryPayoutsInput = builder.inputType('RetryPayoutsInput', {
  description: 'Which payouts to try again.',
  fields: (t) => ({
    payoutIds: t.globalIDList({
      required: true,
      for: Payout,
      description: '1 to 500 payouts that failed, each once.',
    }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, of all of them, at most 1000 characters: kept in the audit; creators never see it.',
    }),
  }),
});

type Results = ({ payout: PayoutRow } | PayoutError)[];

const RetryPayoutsPayload = builder.objectRef<{ results: Results }>('RetryPayoutsPayload').implement({
  description: 'What became of the payouts.',
  fields: (t) => ({
    results: t.field({
      type: [RetryPayoutPayload],
      description: 'One for each payout, in the order of the input.',
      itemErrors: {
        types: [InvalidInputError, NotFoundError, InvalidTransitionError, StatementOverdrawnError],
        directResult: true,
        union: {
          name: 'RetryPayoutsRowResult',
          description: 'What became of one of them: the payout, or why it is not tried again.',
        },
      },
      // The errors among them become the union's other members.
      resolve: ({ results }) => results as { payout: PayoutRow }[],
    }),
  }),
});

builder.mutationField('retryPayouts', (t) =>
  t.withAuth({ admin: true }).field({
    type: RetryPayoutsPayload,
    nullable: true,
    description:
      'Tries up to 500 failed payouts once more; each has its result, and a bad one keeps no other from it. For admins.',
    errors: {
      types: [InvalidInputError],
      directResult: true,
      union: { name: 'RetryPayoutsResult', description: 'The results, or why none was looked at.' },
    },
    args: { input: t.arg({ type: RetryPayoutsInput, required: true, description: 'Which ones.' }) },
    resolve: async (_root, { input }, context) => {
      const ids = input.payoutIds.map(({ id }) => id);
      const retried = await retryPayouts(context.services, ids, actorOf(context, input.reason));
      return { results: retried.map((one) => (isGood(one) ? { payout: one } : one)) };
    },
  }),
);
