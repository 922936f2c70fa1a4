// upsertCreators: the platform's creators come in, and go on being what the platform says they are.
import { InvalidInputError } from '../../payouts/errors.js';
import { upsertCreators } from '../../payouts/upsert/creators.js';
import type { RowResult, Upserted } from '../../payouts/upsert/rows.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { Creator } from './creator.js';
import { UpsertOutcome } from './upsert-outcome.js';

const CreatorInput = builder.inputType('CreatorInput', {
  description: 'A creator as it shall be.',
  fields: (t) => ({
    externalId: t.string({
      required: true,
      description: 'Your id of the creator, 1 to 255 characters: what makes it the same one again.',
    }),
    displayName: t.string({ required: true, description: 'The name, 1 to 255 characters.' }),
    email: t.string({ required: true, description: 'Where messages go, at most 254 characters.' }),
    stripeAccountId: t.string({
      description:
        "The creator's connected account, `acct_…`, and no other creator's. Absent: as it is; null: none any more. " +
        'With another one `transfersEnabled` is false until Stripe says that it can receive transfers.',
    }),
    locale: t.string({
      description:
        'How the creator reads amounts and dates in e-mails, such as `de-DE`. Absent: as it is; null: as the settings say.',
    }),
  }),
});

const UpsertCreatorsInput = builder.inputType('UpsertCreatorsInput', {
  description: 'Creators to create or change.',
  fields: (t) => ({
    creators: t.field({ type: [CreatorInput], required: true, description: '1 to 500 rows.' }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, of all rows, at most 1000 characters: kept in the audit.',
    }),
  }),
});

const UpsertedCreator = builder.objectRef<Upserted>('UpsertedCreator').implement({
  description: 'What a row did.',
  fields: (t) => ({
    outcome: t.expose('outcome', { type: UpsertOutcome, description: 'Whether anything was written.' }),
    creator: t.prismaField({
      type: Creator,
      description: 'As it stands now.',
      resolve: (query, { id }, _args, { services }) =>
        services.prisma.creator.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

const UpsertCreatorsPayload = builder.objectRef<{ results: RowResult[] }>('UpsertCreatorsPayload').implement({
  description: 'What became of the rows.',
  fields: (t) => ({
    results: t.field({
      type: [UpsertedCreator],
      description: 'One for each row, in the order of the input.',
      itemErrors: {
        types: [InvalidInputError],
        directResult: true,
        union: {
          name: 'UpsertCreatorResult',
          description: 'What became of one row: the creator, or why nothing of the row was written.',
        },
      },
      // The errors among them become the union's other members.
      resolve: ({ results }) => results as Upserted[],
    }),
  }),
});

builder.mutationField('upsertCreators', (t) =>
  t.withAuth({ admin: true }).field({
    type: UpsertCreatorsPayload,
    nullable: true,
    description: 'Creates and changes creators, by your own ids; each row has its result. For admins.',
    errors: {
      types: [InvalidInputError],
      directResult: true,
      union: { name: 'UpsertCreatorsResult', description: 'The results, or why no row was looked at.' },
    },
    args: { input: t.arg({ type: UpsertCreatorsInput, required: true, description: 'The rows.' }) },
    resolve: async (_root, { input }, context) => ({
      results: await upsertCreators(context.services, input.creators, actorOf(context, input.reason)),
    }),
  }),
);
