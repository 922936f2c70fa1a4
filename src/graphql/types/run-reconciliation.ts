// runReconciliation: an admin has a period compared with Stripe now.
import type { ReconciliationRun as RunModel } from '../../generated/prisma/client.js';
import { InvalidInputError } from '../../payouts/errors.js';
import { requestRun } from '../../reconciliation/runs.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { OPTIONAL_REASON } from '../shapes.js';
import { ReconciliationRun } from './reconciliation-run.js';

const RunReconciliationInput = builder.inputType('RunReconciliationInput', {
  description: 'The period; without it the last three days.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'From this moment on; without it three days before `to`.',
    }),
    to: t.field({ type: 'DateTime', description: 'Before this moment; without it now.' }),
    reason: t.string({
      validate: OPTIONAL_REASON,
      description: 'Why, at most 1000 characters: kept in the audit.',
    }),
  }),
});

const RunReconciliationPayload = builder.objectRef<{ run: RunModel }>('RunReconciliationPayload').implement({
  description: 'The run, which a worker takes up at once.',
  fields: (t) => ({
    run: t.field({ type: ReconciliationRun, description: 'As it stands now.', resolve: ({ run }) => run }),
  }),
});

builder.mutationField('runReconciliation', (t) =>
  t.withAuth({ admin: true }).field({
    type: RunReconciliationPayload,
    nullable: true,
    description: "Compares our books with Stripe's, and mends what is certain. For admins.",
    errors: {
      types: [InvalidInputError],
      directResult: true,
      union: { name: 'RunReconciliationResult', description: 'The run, or why there is none.' },
    },
    args: { input: t.arg({ type: RunReconciliationInput, required: true, description: 'The period.' }) },
    resolve: async (_root, { input }, context) => {
      const id = await requestRun(context.services, periodOf(input), actorOf(context, input.reason));
      return { run: await context.services.prisma.reconciliationRun.findUniqueOrThrow({ where: { id } }) };
    },
  }),
);

/** Stripe sends an event anew for three days: what is older than that was heard of, or will never be. */
const USUAL_MS = 3 * 86_400_000;
/** Postgres knows no year 0. */
const FIRST_MOMENT_MS = Date.parse('0001-01-01T00:00:00Z');

function periodOf({ from, to }: typeof RunReconciliationInput.$inferInput) {
  const end = to ?? new Date();
  return { start: from ?? new Date(Math.max(end.getTime() - USUAL_MS, FIRST_MOMENT_MS)), end };
}
