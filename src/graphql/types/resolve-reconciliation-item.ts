// resolveReconciliationItem: an admin answers for a difference that nothing could mend by itself.
import type { ReconciliationItem as ItemModel } from '../../generated/prisma/client.js';
import { InvalidInputError, InvalidTransitionError, NotFoundError } from '../../payouts/errors.js';
import { resolveItem } from '../../reconciliation/items.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { words } from '../shapes.js';
import { ReconciliationItem } from './reconciliation-item.js';

const ResolveReconciliationItemInput = builder.inputType('ResolveReconciliationItemInput', {
  description: 'Which difference, and what became of it.',
  fields: (t) => ({
    itemId: t.globalID({ required: true, for: ReconciliationItem, description: 'An open difference.' }),
    resolution: t.string({
      required: true,
      validate: words('say what was done about it.'),
      description: 'What was done about it; for the audit.',
    }),
  }),
});

const ResolveReconciliationItemPayload = builder
  .objectRef<{ item: ItemModel }>('ResolveReconciliationItemPayload')
  .implement({
    description: 'The difference, resolved.',
    fields: (t) => ({
      item: t.field({
        type: ReconciliationItem,
        description: 'As it stands now.',
        resolve: ({ item }) => item,
      }),
    }),
  });

builder.mutationField('resolveReconciliationItem', (t) =>
  t.withAuth({ admin: true }).field({
    type: ResolveReconciliationItemPayload,
    nullable: true,
    description: 'Says what was done about an open difference, and resolves its alert. For admins.',
    errors: {
      types: [NotFoundError, InvalidTransitionError, InvalidInputError],
      directResult: true,
      union: {
        name: 'ResolveReconciliationItemResult',
        description: 'The difference, or why it is not resolved.',
      },
    },
    args: {
      input: t.arg({ type: ResolveReconciliationItemInput, required: true, description: 'Which one.' }),
    },
    resolve: async (_root, { input: { itemId, resolution } }, context) => {
      const { pool, prisma, signals } = context.services;
      await resolveItem(pool, itemId.id, resolution, actorOf(context));
      signals.changed();
      return { item: await prisma.reconciliationItem.findUniqueOrThrow({ where: { id: itemId.id } }) };
    },
  }),
);
