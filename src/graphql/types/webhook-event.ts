// The inbox of Stripe's events, without what they carry. For admins.
import type { WebhookEvent as EventModel, Prisma } from '../../generated/prisma/client.js';
import type { WebhookOutcome as Outcome } from '../../generated/prisma/enums.js';
import { builder } from '../builder.js';
import { beyond, connect } from '../newest-first.js';
import { TEXT } from '../shapes.js';
import { TOTAL_COUNT } from '../total-count.js';

const OUTCOMES: Readonly<Record<Outcome, { description: string }>> = {
  pending: { description: 'Not applied yet, or to be applied once more.' },
  applied: { description: 'It changed what it tells of, or that had come already.' },
  ignored: { description: 'It tells of nothing of ours.' },
  quarantined: { description: 'Set aside: it fits nothing that we know. Somebody must look.' },
  failed: { description: 'It could not be applied, however often that was tried. Somebody must look.' },
};

const WebhookOutcome = builder.enumType('WebhookOutcome', {
  description: 'What became of an event.',
  values: OUTCOMES,
});

/** What stands in the table, save the payload. */
export type EventRow = Omit<EventModel, 'payload'>;

export const WebhookEvent = builder.objectRef<EventRow>('WebhookEvent');

/** The payload has e-mail addresses and bank data: it is not even read. */
export const WITHOUT_PAYLOAD = { payload: true } as const;

builder.node(WebhookEvent, {
  description: 'An event that Stripe sent; each one is applied at most once.',
  id: { resolve: (event) => event.id },
  loadWithoutCache: (id, { viewer, services: { prisma } }) =>
    viewer?.role === 'ADMIN'
      ? prisma.webhookEvent.findUnique({ where: { id }, omit: WITHOUT_PAYLOAD })
      : null,
  fields: (t) => ({
    reference: t.exposeString('id', { description: "Stripe's own id of it, `evt_…`." }),
    type: t.exposeString('type', { description: "Stripe's word for what happened: `transfer.created`." }),
    account: t.exposeString('account', {
      nullable: true,
      description: 'The connected account it came from; null: the platform itself.',
    }),
    outcome: t.expose('outcome', { type: WebhookOutcome, description: 'What became of it.' }),
    attempts: t.exposeInt('attempts', { description: 'How often it was taken up.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why it was not applied, or not yet.',
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it first came.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was done with; null: it still waits.',
    }),
  }),
});

const WebhookEventFilter = builder.inputType('WebhookEventFilter', {
  description: 'Which events; all conditions hold together.',
  fields: (t) => ({
    outcome: t.field({ type: WebhookOutcome, description: 'Those of which this became.' }),
    type: t.string({ validate: TEXT, description: 'Of exactly this type of Stripe.' }),
  }),
});

const WebhookEventConnection = builder.connectionObject(
  {
    type: WebhookEvent,
    name: 'WebhookEventConnection',
    description: 'A page of events.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({ type: WebhookEvent, name: 'WebhookEventEdge', description: 'An event in a list.' }),
);

builder.queryField('webhookEvents', (t) =>
  t.withAuth({ admin: true }).field({
    type: WebhookEventConnection,
    nullable: true,
    description: 'All events that Stripe sent, newest first. For admins.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: WebhookEventFilter, description: 'Which; without it all.' }),
    },
    resolve: (_root, { filter, ...page }, { services: { prisma } }) => {
      const where = whereOf(filter ?? {});
      return connect<EventRow>(page, {
        name: 'webhookEvents',
        placeOf: ({ receivedAt, id }) => ({ time: receivedAt, id }),
        read: (seek) =>
          prisma.webhookEvent.findMany({
            where: { AND: [where, beyond('receivedAt', seek)] },
            orderBy: [{ receivedAt: seek.direction }, { id: seek.direction }],
            take: seek.take,
            omit: WITHOUT_PAYLOAD,
          }),
        count: () => prisma.webhookEvent.count({ where }),
      });
    },
  }),
);

function whereOf({ outcome, type }: typeof WebhookEventFilter.$inferInput): Prisma.WebhookEventWhereInput {
  return { ...(outcome && { outcome }), ...(type != null && { type }) };
}
