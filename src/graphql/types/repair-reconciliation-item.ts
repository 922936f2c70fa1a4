// repairReconciliationItem: an admin has a difference mended by the transition that is certain to mend it.
import type { ReconciliationItem as ItemModel } from '../../generated/prisma/client.js';
import {
  InvalidInputError,
  InvalidTransitionError,
  NotFoundError,
  StripeUnavailableError,
} from '../../payouts/errors.js';
import { repairItem } from '../../reconciliation/repair.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { REASON } from '../shapes.js';
import { ReconciliationItem } from './reconciliation-item.js';

const RepairReconciliationItemInput = builder.inputType('RepairReconciliationItemInput', {
  description: 'Which difference to mend, and why.',
  fields: (t) => ({
    itemId: t.globalID({ required: true, for: ReconciliationItem, description: 'An open difference.' }),
    reason: t.string({
      required: true,
      validate: REASON,
      description: 'Why, at most 1000 characters: kept in the audit.',
    }),
  }),
});

const RepairReconciliationItemPayload = builder
  .objectRef<{ item: ItemModel }>('RepairReconciliationItemPayload')
  .implement({
    description: 'The difference: `REPAIRED`, or `RESOLVED` where it was gone by itself.',
    fields: (t) => ({
      item: t.field({
        type: ReconciliationItem,
        description: 'As it stands now.',
        resolve: ({ item }) => item,
      }),
    }),
  });

builder.mutationField('repairReconciliationItem', (t) =>
  t.withAuth({ admin: true }).field({
    type: RepairReconciliationItemPayload,
    nullable: true,
    description:
      'Asks Stripe afresh about an open difference and mends it, if that is certain; else says what to do. For admins.',
    errors: {
      types: [NotFoundError, InvalidTransitionError, InvalidInputError, StripeUnavailableError],
      directResult: true,
      union: {
        name: 'RepairReconciliationItemResult',
        description: 'The difference, or why it is not repaired, and what to do.',
      },
    },
    args: {
      input: t.arg({
        type: RepairReconciliationItemInput,
        required: true,
        description: 'Which one, and why.',
      }),
    },
    resolve: async (_root, { input: { itemId, reason } }, context) => {
      const { reconcile, prisma } = context.services;
      await repairItem(reconcile, itemId.id, reason, actorOf(context));
      return { item: await prisma.reconciliationItem.findUniqueOrThrow({ where: { id: itemId.id } }) };
    },
  }),
);
