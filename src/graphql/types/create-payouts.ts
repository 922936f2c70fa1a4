// createPayouts: many at once, each row with a result of its own.
import type { CreatedPayout } from '../../payouts/create.js';
import { createPayouts } from '../../payouts/create-many.js';
import {
  AmountAboveMaximumError,
  AmountBelowMinimumError,
  CreatorNotReadyError,
  IdempotencyConflictError,
  InvalidInputError,
  NotFoundError,
  type PayoutError,
  StatementOverdrawnError,
} from '../../payouts/errors.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { CreatePayoutPayload } from './create-payout.js';
import { Creator } from './creator.js';
import { RoyaltyStatement } from './royalty-statement.js';

const CreatePayoutsRow = builder.inputType('CreatePayoutsRow', {
  description: 'A payment to one creator, among others.',
  fields: (t) => ({
    creatorId: t.globalID({ required: true, for: Creator, description: 'Who is paid.' }),
    amountCents: t.int({ required: true, description: 'How much, in cents of the payout currency.' }),
    royaltyStatementId: t.globalID({
      for: RoyaltyStatement,
      description: "The creator's statement that it is paid from; all rows together never overdraw it.",
    }),
    idempotencyKey: t.string({
      description:
        'Your own key, 1 to 255 characters, as `createPayout` takes it: give every row one, or none of them. Without keys ' +
        'a call that is sent again pays again.',
    }),
  }),
});

const CreatePayoutsInput = builder.inputType('CreatePayoutsInput', {
  description: 'Payments to create.',
  fields: (t) => ({
    payouts: t.field({ type: [CreatePayoutsRow], required: true, description: '1 to 500 rows.' }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, of all rows, at most 1000 characters: kept in the audit; creators never see it.',
    }),
  }),
});

type Results = (CreatedPayout | PayoutError)[];

const CreatePayoutsPayload = builder.objectRef<{ results: Results }>('CreatePayoutsPayload').implement({
  description: 'What became of the rows.',
  fields: (t) => ({
    results: t.field({
      type: [CreatePayoutPayload],
      description: 'One for each row, in the order of the input.',
      itemErrors: {
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
        union: {
          name: 'CreatePayoutsRowResult',
          description: 'What became of one row: the payout, or why there is none.',
        },
      },
      // The errors among them become the union's other members.
      resolve: ({ results }) => results as CreatedPayout[],
    }),
  }),
});

builder.mutationField('createPayouts', (t) =>
  t.withAuth({ admin: true }).field({
    type: CreatePayoutsPayload,
    nullable: true,
    description:
      'Creates up to 500 payouts; each row has its result, and a bad one keeps no other out. For admins.',
    errors: {
      types: [InvalidInputError],
      directResult: true,
      union: { name: 'CreatePayoutsResult', description: 'The results, or why no row was looked at.' },
    },
    args: { input: t.arg({ type: CreatePayoutsInput, required: true, description: 'The rows.' }) },
    resolve: async (_root, { input }, context) => {
      const rows = input.payouts.map(({ creatorId, royaltyStatementId, ...row }) => ({
        ...row,
        creatorId: creatorId.id,
        royaltyStatementId: royaltyStatementId?.id ?? null,
      }));
      return { results: await createPayouts(context.services, rows, actorOf(context, input.reason)) };
    },
  }),
);
