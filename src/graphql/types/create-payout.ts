// createPayout: the way of a payout begins here.
import { createPayout } from '../../payouts/create.js';
import {
  AmountAboveMaximumError,
  AmountBelowMinimumError,
  CreatorNotReadyError,
  IdempotencyConflictError,
  InvalidInputError,
  NotFoundError,
  StatementOverdrawnError,
} from '../../payouts/errors.js';
import type { PayoutRow } from '../../payouts/row.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { IDEMPOTENCY_KEY, OPTIONAL_REASON } from '../shapes.js';
import { Creator } from './creator.js';
import { Payout } from './payout.js';
import { RoyaltyStatement } from './royalty-statement.js';

const CreatePayoutInput = builder.inputType('CreatePayoutInput', {
  description: 'A payment to one creator.',
  fields: (t) => ({
    creatorId: t.globalID({ required: true, for: Creator, description: 'Who is paid.' }),
    amountCents: t.int({ required: true, description: 'How much, in cents of the payout currency.' }),
    royaltyStatementId: t.globalID({
      for: RoyaltyStatement,
      description: "The creator's statement that it is paid from; it is never overdrawn.",
    }),
    idempotencyKey: t.string({
      required: true,
      validate: IDEMPOTENCY_KEY,
      description: 'Your own key, 1 to 255 characters: asking again with it gives the same payout.',
    }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, at most 1000 characters: kept in the audit; creators never see it.',
    }),
  }),
});

export const CreatePayoutPayload = builder
  .objectRef<{ payout: PayoutRow; replayed: boolean }>('CreatePayoutPayload')
  .implement({
    description: 'The payout.',
    fields: (t) => ({
      payout: t.field({ type: Payout, description: 'As it stands now.', resolve: ({ payout }) => payout }),
      replayed: t.exposeBoolean('replayed', {
        description: 'Your key was used before: nothing new was made.',
      }),
    }),
  });

builder.mutationField('createPayout', (t) =>
  t.withAuth({ admin: true }).field({
    type: CreatePayoutPayload,
    nullable: true,
    description: 'Creates a payout; a worker sends it at once. For admins.',
    errors: {
      types: [
        InvalidInputError,
        NotFoundError,
        AmountBelowMinimumError,
        AmountAboveMaximumError,
        StatementOverdrawnError,
        CreatorNotReadyError,
        IdempotencyConflictError,
      ],
      directResult: true,
      union: { name: 'CreatePayoutResult', description: 'The payout, or why there is none.' },
    },
    args: { input: t.arg({ type: CreatePayoutInput, required: true, description: 'What to pay.' }) },
    resolve: (_root, { input }, context) =>
      createPayout(
        context.services,
        {
          creatorId: input.creatorId.id,
          amountCents: input.amountCents,
          royaltyStatementId: input.royaltyStatementId?.id ?? null,
          idempotencyKey: input.idempotencyKey,
        },
        actorOf(context, input.reason),
      ),
  }),
);
