// acknowledgeAlert: an admin takes care of what an alert tells.
import type { Alert as AlertModel } from '../../generated/prisma/client.js';
import { acknowledgeAlert } from '../../payouts/alerts.js';
import { InvalidInputError, NotFoundError } from '../../payouts/errors.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { Alert } from './alert.js';

const AcknowledgeAlertInput = builder.inputType('AcknowledgeAlertInput', {
  description: 'Which alert you take care of.',
  fields: (t) => ({
    alertId: t.globalID({ required: true, for: Alert, description: 'The alert.' }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'What you do about it, at most 1000 characters: kept in the audit.',
    }),
  }),
});

const AcknowledgeAlertPayload = builder
  .objectRef<{ alert: AlertModel }>('AcknowledgeAlertPayload')
  .implement({
    description: 'The alert, acknowledged.',
    fields: (t) => ({
      alert: t.field({ type: Alert, description: 'As it stands now.', resolve: ({ alert }) => alert }),
    }),
  });

builder.mutationField('acknowledgeAlert', (t) =>
  t.withAuth({ admin: true }).field({
    type: AcknowledgeAlertPayload,
    nullable: true,
    description:
      'Says that you have seen an alert and take care; of several who do, the first counts. For admins.',
    errors: {
      types: [InvalidInputError, NotFoundError],
      directResult: true,
      union: { name: 'AcknowledgeAlertResult', description: 'The alert, or why there is none.' },
    },
    args: { input: t.arg({ type: AcknowledgeAlertInput, required: true, description: 'Which one.' }) },
    resolve: async (_root, { input: { alertId, reason } }, context) => {
      const { pool, prisma, signals } = context.services;
      await acknowledgeAlert(pool, alertId.id, actorOf(context, reason));
      signals.changed();
      return { alert: await prisma.alert.findUniqueOrThrow({ where: { id: alertId.id } }) };
    },
  }),
);
