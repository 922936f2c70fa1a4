// What Stripe told of a payout's transfers: the events whose transfer names the payout in its metadata. For admins.
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { type ListOfEach, readOfEach } from '../of-each.js';
import { size } from '../shapes.js';
import { Payout } from './payout.js';
import { type EventRow, WebhookEvent } from './webhook-event.js';

const MOST = 50;

/** The condition is written as its index has it. What the events carry is not read. */
const OF_PAYOUT: ListOfEach = {
  table: 'webhook_events',
  columns: [
    'id',
    'type',
    'account',
    'livemode',
    'outcome',
    'attempts',
    'error',
    'received_at',
    'finished_at',
    'wait_until',
  ],
  of: `t.payload #>> '{data,object,metadata,payout_id}' = parent.id`,
  order: [
    { column: 'received_at', type: 'timestamp' },
    { column: 'id', type: 'text' },
  ],
};

builder.objectField(Payout, 'webhookEvents', (t) =>
  t.loadableList({
    type: WebhookEvent,
    nullable: true,
    description:
      'What Stripe told of its transfers, newest first: also what was set aside since it does not fit. For admins.',
    authScopes: { admin: true },
    args: {
      first: t.arg.int({
        validate: size(MOST),
        description: `How many, at most ${MOST}, which is also what it is without.`,
      }),
    },
    ...BATCHED,
    byPath: true,
    load: async (ids: string[], { services }, { first }) => {
      const rows = await readOfEach<EventRow>(services.pool, ids, OF_PAYOUT, first ?? MOST);
      return ids.map((id) => rows.get(id) ?? []);
    },
    resolve: ({ id }) => id,
  }),
);
