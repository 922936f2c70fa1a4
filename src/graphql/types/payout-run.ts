// Payout runs: look at what a period would pay, then pay exactly that.
import { IdempotencyConflictError, InvalidInputError, TotalChangedError } from '../../payouts/errors.js';
import { type CreatedRun, createRun, previewRun, type RunPreview } from '../../payouts/run.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { IDEMPOTENCY_KEY } from '../shapes.js';

const PayoutRunInput = builder.inputType('PayoutRunInput', {
  description: 'The statements that lie in this period as a whole.',
  fields: (t) => ({
    periodStart: t.field({ type: 'Date', required: true, description: 'The first day.' }),
    periodEnd: t.field({ type: 'Date', required: true, description: 'The last day, included.' }),
  }),
});

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
    idempotencyKey: t.string({
      required: true,
      validate: IDEMPOTENCY_KEY,
      description: 'Your own key, 1 to 255 characters: asking again with it pays nothing twice.',
    }),
  }),
});

const ExclusionReason = builder.enumType('PayoutRunExclusionReason', {
  description: 'Why a statement is left out of a run.',
  values: {
    CREATOR_NOT_READY: { description: 'The creator cannot receive transfers yet.' },
    BELOW_MINIMUM: { description: 'Less is left than the smallest payout.' },
    ABOVE_MAXIMUM: { description: 'More is left than the largest payout.' },
    ALREADY_PAID: { description: 'Nothing is left of it.' },
  },
});

const Exclusion = builder.objectRef<RunPreview['excluded'][number]>('PayoutRunExclusion').implement({
  description: 'Statements that a run leaves out for one reason.',
  fields: (t) => ({
    reason: t.expose('reason', { type: ExclusionReason, description: 'Why.' }),
    statementCount: t.exposeInt('statementCount', { description: 'How many statements.' }),
    totalCents: t.expose('totalCents', { type: 'SafeInt', description: 'What is left of them in all.' }),
  }),
});

const PayoutRunPreview = builder.objectRef<RunPreview>('PayoutRunPreview').implement({
  description: 'What a run would pay now.',
  fields: (t) => ({
    periodStart: t.expose('periodStart', { type: 'Date', description: 'The first day.' }),
    periodEnd: t.expose('periodEnd', { type: 'Date', description: 'The last day, included.' }),
    payoutCount: t.exposeInt('payoutCount', { description: 'How many payouts it would make.' }),
    totalCents: t.expose('totalCents', { type: 'SafeInt', description: 'What it would pay in all.' }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    excluded: t.field({
      type: [Exclusion],
      description: 'What is left out, by reason.',
      resolve: (p) => p.excluded,
    }),
  }),
});

const CreatePayoutRunPayload = builder.objectRef<CreatedRun>('CreatePayoutRunPayload').implement({
  description: 'The payouts of the run were made.',
  fields: (t) => ({
    payoutCount: t.exposeInt('payoutCount', { description: 'How many payouts.' }),
    totalCents: t.expose('totalCents', { type: 'SafeInt', description: 'What they pay in all.' }),
    replayed: t.exposeBoolean('replayed', { description: 'Your key was used before: nothing new was made.' }),
  }),
});

builder.queryField('payoutRunPreview', (t) =>
  t.withAuth({ admin: true }).field({
    type: PayoutRunPreview,
    nullable: true,
    description: 'What a run over a period would pay, and what it would leave out and why. For admins.',
    args: { input: t.arg({ type: PayoutRunInput, required: true, description: 'The period.' }) },
    resolve: (_root, { input }, { services }) => previewRun(services, input),
  }),
);

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
