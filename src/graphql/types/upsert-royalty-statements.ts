// upsertRoyaltyStatements: what creators have earned comes in, where no file brings it.
import { InvalidInputError, NotFoundError, StatementOverdrawnError } from '../../payouts/errors.js';
import type { RowResult, Upserted } from '../../payouts/upsert/rows.js';
import { upsertStatements } from '../../payouts/upsert/statements.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { Creator } from './creator.js';
import { RoyaltyStatement } from './royalty-statement.js';
import { UpsertOutcome } from './upsert-outcome.js';

const RoyaltyStatementInput = builder.inputType('RoyaltyStatementInput', {
  description: 'A royalty statement as it shall be.',
  fields: (t) => ({
    externalId: t.string({
      required: true,
      description: 'Your id of the statement, 1 to 255 characters: what makes it the same one again.',
    }),
    creatorId: t.globalID({
      required: true,
      for: Creator,
      description: 'Who earned it. It never changes.',
    }),
    periodStart: t.field({ type: 'Date', required: true, description: 'The first day.' }),
    periodEnd: t.field({ type: 'Date', required: true, description: 'The last day, included.' }),
    amountCents: t.int({
      required: true,
      description:
        'What may be paid from it in all, in cents of the payout currency: 0 or more, and never less than what is ' +
        'paid from it or on its way.',
    }),
  }),
});

const UpsertRoyaltyStatementsInput = builder.inputType('UpsertRoyaltyStatementsInput', {
  description: 'Royalty statements to create or change.',
  fields: (t) => ({
    statements: t.field({ type: [RoyaltyStatementInput], required: true, description: '1 to 500 rows.' }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, of all rows, at most 1000 characters: kept in the audit.',
    }),
  }),
});

const UpsertedRoyaltyStatement = builder.objectRef<Upserted>('UpsertedRoyaltyStatement').implement({
  description: 'What a row did.',
  fields: (t) => ({
    outcome: t.expose('outcome', { type: UpsertOutcome, description: 'Whether anything was written.' }),
    royaltyStatement: t.prismaField({
      type: RoyaltyStatement,
      description: 'As it stands now.',
      resolve: (query, { id }, _args, { services }) =>
        services.prisma.royaltyStatement.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

const UpsertRoyaltyStatementsPayload = builder
  .objectRef<{ results: RowResult[] }>('UpsertRoyaltyStatementsPayload')
  .implement({
    description: 'What became of the rows.',
    fields: (t) => ({
      results: t.field({
        type: [UpsertedRoyaltyStatement],
        description: 'One for each row, in the order of the input.',
        itemErrors: {
          types: [InvalidInputError, NotFoundError, StatementOverdrawnError],
          directResult: true,
          union: {
            name: 'UpsertRoyaltyStatementResult',
            description: 'What became of one row: the statement, or why nothing of the row was written.',
          },
        },
        // The errors among them become the union's other members.
        resolve: ({ results }) => results as Upserted[],
      }),
    }),
  });

builder.mutationField('upsertRoyaltyStatements', (t) =>
  t.withAuth({ admin: true }).field({
    type: UpsertRoyaltyStatementsPayload,
    nullable: true,
    description:
      'Creates and changes royalty statements, by your own ids; each row has its result. For admins.',
    errors: {
      types: [InvalidInputError],
      directResult: true,
      union: {
        name: 'UpsertRoyaltyStatementsResult',
        description: 'The results, or why no row was looked at.',
      },
    },
    args: { input: t.arg({ type: UpsertRoyaltyStatementsInput, required: true, description: 'The rows.' }) },
    resolve: async (_root, { input }, context) => {
      const rows = input.statements.map((row) => ({ ...row, creatorId: row.creatorId.id }));
      return { results: await upsertStatements(context.services, rows, actorOf(context, input.reason)) };
    },
  }),
);
