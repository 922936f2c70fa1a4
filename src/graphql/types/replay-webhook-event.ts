// replayWebhookEvent: an admin has an event of Stripe's applied once more.
import { InvalidInputError, InvalidTransitionError, NotFoundError } from '../../payouts/errors.js';
import { replayWebhookEvent } from '../../payouts/events/replay.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { type EventRow, WebhookEvent, WITHOUT_PAYLOAD } from './webhook-event.js';

const ReplayWebhookEventInput = builder.inputType('ReplayWebhookEventInput', {
  description: 'Which event to apply once more.',
  fields: (t) => ({
    webhookEventId: t.globalID({
      required: true,
      for: WebhookEvent,
      description: 'An event that was set aside, ignored or could not be applied.',
    }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, at most 1000 characters: kept in the audit.',
    }),
  }),
});

const ReplayWebhookEventPayload = builder
  .objectRef<{ webhookEvent: EventRow }>('ReplayWebhookEventPayload')
  .implement({
    description: 'The event, which was tried at once.',
    fields: (t) => ({
      webhookEvent: t.field({
        type: WebhookEvent,
        description: 'As it stands now: `pending` if it cannot be applied yet.',
        resolve: ({ webhookEvent }) => webhookEvent,
      }),
    }),
  });

builder.mutationField('replayWebhookEvent', (t) =>
  t.withAuth({ admin: true }).field({
    type: ReplayWebhookEventPayload,
    nullable: true,
    description: 'Applies an event once more that was not applied. For admins.',
    errors: {
      types: [InvalidInputError, NotFoundError, InvalidTransitionError],
      directResult: true,
      union: { name: 'ReplayWebhookEventResult', description: 'The event, or why it is not replayed.' },
    },
    args: { input: t.arg({ type: ReplayWebhookEventInput, required: true, description: 'Which one.' }) },
    resolve: async (_root, { input: { webhookEventId, reason } }, context) => {
      const { inbox, prisma } = context.services;
      const where = { id: webhookEventId.id };
      await replayWebhookEvent(inbox, where.id, actorOf(context, reason));
      return { webhookEvent: await prisma.webhookEvent.findUniqueOrThrow({ where, omit: WITHOUT_PAYLOAD }) };
    },
  }),
);
