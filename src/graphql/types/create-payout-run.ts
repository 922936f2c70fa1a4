// Makes a payout run: pays exactly what was previewed, or refuses.
import { IdempotencyConflictError, InvalidInputError, TotalChangedError } from '../../payouts/errors.js';
import { type CreatedRun, createRun } from '../../payouts/runs/run.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { IDEMPOTENCY_KEY, TEXT } from '../shapes.js';
import { PayoutRun } from './payout-run.js';

const CreatePayoutRunInput = builder.inputType('CreatePayoutRunInput', {
  description: 'Pays what was previewed.',
  fields: (t) => ({
    periodStart: t.field({ type: 'Date', required: true, description: 'The first day.' }),
    periodEnd: t.field({ type: 'Date', required: true, description: 'The last day, included.' }),
    expectedTotalCents: t.field({
      type: 'SafeInt',
      required: true,
      description: 'The total of the preview: the run pays exactly that or refuses.',
    }),
    expectedPayoutCount: t.int({
      description:
        'The count of the preview: where it is given, the run makes exactly so many payouts or refuses.',
    }),
    expectedDigest: t.string({
      validate: TEXT,
      description:
        'The digest of the preview: where it is given, the run pays the very statements that it was made of, or refuses.',
    }),
    reason: t.string({ validate: TEXT, description: 'Why, at most 1000 characters: kept in the audit.' }),
    idempotencyKey: t.string({
      required: true,
      validate: IDEMPOTENCY_KEY,
      description: 'Your own key, 1 to 255 characters: asking again with it pays nothing twice.',
    }),
  }),
});

const CreatePayoutRunPayload = builder.objectRef<CreatedRun>('CreatePayoutRunPayload').implement({
  description: 'The payouts of the run were made.',
  fields: (t) => ({
    run: t.field({
      type: PayoutRun,
      nullable: true,
      description: 'The run, to watch; null only for a key that was used before runs were kept.',
      resolve: ({ runId }, _args, { services }) =>
        runId === null ? null : services.prisma.payoutRun.findUnique({ where: { id: runId } }),
    }),
    payoutCount: t.exposeInt('payoutCount', { description: 'How many payouts.' }),
    totalCents: t.expose('totalCents', { type: 'SafeInt', description: 'What they pay in all.' }),
    replayed: t.exposeBoolean('replayed', { description: 'Your key was used before: nothing new was made.' }),
  }),
});

builder.mutationField('createPayoutRun', (t) =>
  t.withAuth({ admin: true }).field({
    type: CreatePayoutRunPayload,
    nullable: true,
    description:
      'Pays every payable statement of a period, if the total is still the previewed one. For admins.',
    errors: {
      types: [InvalidInputError, TotalChangedError, IdempotencyConflictError],
      directResult: true,
      union: { name: 'CreatePayoutRunResult', description: 'The run, or why there is none.' },
    },
    args: { input: t.arg({ type: CreatePayoutRunInput, required: true, description: 'What to pay.' }) },
    resolve: (_root, { input }, context) => createRun(context.services, input, actorOf(context)),
  }),
);
