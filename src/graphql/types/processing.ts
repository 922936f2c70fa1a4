// The switch that stops all sending, and the two mutations that turn it. For admins.
import { InvalidInputError } from '../../payouts/errors.js';
import {
  type ProcessingState,
  pauseProcessing,
  processingState,
  resumeProcessing,
} from '../../payouts/processing.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { REASON } from '../shapes.js';

const Processing = builder.objectRef<ProcessingState>('Processing').implement({
  description: 'Whether payouts are taken up and sent at all.',
  fields: (t) => ({
    paused: t.exposeBoolean('paused', {
      description: 'Nothing new is taken up or sent; what is under way finishes.',
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it was paused or resumed; null: it never was.',
    }),
    changedBy: t.exposeString('changedBy', {
      nullable: true,
      description: 'Who did; `system`: Stripe refused our configuration.',
    }),
    changedAt: t.expose('changedAt', { type: 'DateTime', description: 'Since when it stands as it does.' }),
  }),
});

interface Turned {
  processing: ProcessingState;
}

const PauseProcessingInput = builder.inputType('PauseProcessingInput', {
  description: 'Why to stop.',
  fields: (t) => ({
    reason: t.string({
      required: true,
      validate: REASON,
      description: 'For the audit, and for who wonders.',
    }),
  }),
});

const ResumeProcessingInput = builder.inputType('ResumeProcessingInput', {
  description: 'Why to go on.',
  fields: (t) => ({
    reason: t.string({
      required: true,
      validate: REASON,
      description: 'For the audit: what has been mended.',
    }),
  }),
});

const PauseProcessingPayload = builder.objectRef<Turned>('PauseProcessingPayload').implement({
  description: 'The switch, turned off.',
  fields: (t) => ({
    processing: t.field({ type: Processing, description: 'As it stands now.', resolve: (p) => p.processing }),
  }),
});

const ResumeProcessingPayload = builder.objectRef<Turned>('ResumeProcessingPayload').implement({
  description: 'The switch, turned on.',
  fields: (t) => ({
    processing: t.field({ type: Processing, description: 'As it stands now.', resolve: (p) => p.processing }),
  }),
});

builder.queryField('processing', (t) =>
  t.withAuth({ admin: true }).field({
    type: Processing,
    nullable: true,
    description: 'Whether payouts are taken up and sent at all. For admins.',
    resolve: (_root, _args, { services }) => processingState(services.pool),
  }),
);

builder.mutationField('pauseProcessing', (t) =>
  t.withAuth({ admin: true }).field({
    type: PauseProcessingPayload,
    nullable: true,
    description: 'Stops all sending; what is under way finishes. Again: another reason. For admins.',
    errors: {
      types: [InvalidInputError],
      directResult: true,
      union: { name: 'PauseProcessingResult', description: 'The switch, or why it was not turned.' },
    },
    args: { input: t.arg({ type: PauseProcessingInput, required: true, description: 'Why.' }) },
    resolve: async (_root, { input }, context) => ({
      processing: await pauseProcessing(context.services.pool, input.reason, actorOf(context)),
    }),
  }),
);

builder.mutationField('resumeProcessing', (t) =>
  t.withAuth({ admin: true }).field({
    type: ResumeProcessingPayload,
    nullable: true,
    description: 'Goes on with what waits. For admins.',
    errors: {
      types: [InvalidInputError],
      directResult: true,
      union: { name: 'ResumeProcessingResult', description: 'The switch, or why it was not turned.' },
    },
    args: { input: t.arg({ type: ResumeProcessingInput, required: true, description: 'Why.' }) },
    resolve: async (_root, { input }, context) => ({
      processing: await resumeProcessing(context.services, input.reason, actorOf(context)),
    }),
  }),
);
