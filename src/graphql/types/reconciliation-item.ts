// Differences that reconciliation found, each one once while it is open. For admins.
import type { ReconciliationItem as ItemModel } from '../../generated/prisma/client.js';
import { ReconciliationItemState as State } from '../../generated/prisma/enums.js';
import type { DifferenceKind as Kind } from '../../reconciliation/kinds.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { loadPayouts, Payout } from './payout.js';
import { ReconciliationRun } from './reconciliation-run.js';

const KINDS: Readonly<Record<Kind, { description: string }>> = {
  unrecorded_transfer: { description: 'Ours is under way, and its transfer is there.' },
  unrecorded_reversal: { description: 'More of a transfer was taken back than we knew.' },
  missing_transfer: { description: 'Ours is COMPLETED, and Stripe has no such transfer.' },
  unknown_transfer: { description: 'A live transfer that no payout of ours made.' },
  amount_mismatch: { description: "A live transfer of another amount than its payout's." },
  currency_mismatch: { description: "A live transfer in another currency than its payout's." },
  destination_mismatch: { description: 'A live transfer to an account that its payout was never sent to.' },
  duplicate_transfer: { description: 'More than one live transfer of one payout: it was paid twice.' },
  transfer_of_failed_payout: { description: 'A live transfer of a payout that is FAILED or PENDING.' },
  wrong_transfer_recorded: {
    description: 'Ours is COMPLETED by one transfer; the one that lives is another.',
  },
  outcome_overdue: { description: 'Ours is under way for too long, and Stripe has no transfer of it.' },
};

const DifferenceKind = builder.enumType('DifferenceKind', {
  description: "How our books and Stripe's differ.",
  values: KINDS,
});

export const ReconciliationItemState = builder.enumType('ReconciliationItemState', {
  description: 'What has become of a difference.',
  values: {
    [State.OPEN]: { description: 'Somebody must look at it.' },
    [State.REPAIRED]: { description: 'It was mended by the run that found it.' },
    [State.RESOLVED]: { description: 'Somebody has dealt with it, or a later run found it gone.' },
  } as const,
});

export const ReconciliationItem = builder.objectRef<ItemModel>('ReconciliationItem');

builder.node(ReconciliationItem, {
  description: "One difference between our books and Stripe's.",
  id: { resolve: (item) => item.id },
  loadWithoutCache: (id, { viewer, services }) =>
    viewer?.role === 'ADMIN' ? services.prisma.reconciliationItem.findUnique({ where: { id } }) : null,
  fields: (t) => ({
    kind: t.field({ type: DifferenceKind, description: 'How both differ.', resolve: (i) => i.kind as Kind }),
    payout: t.loadable({
      type: Payout,
      nullable: true,
      description: 'The payout that it is about; null: no payout of ours.',
      ...BATCHED,
      load: loadPayouts,
      resolve: ({ payoutId }) => payoutId,
    }),
    transferId: t.exposeString('transferId', {
      nullable: true,
      description: "Stripe's transfer that it is about, if it is about one.",
    }),
    details: t.field({ type: 'JSON', description: 'What both sides say.', resolve: (item) => item.details }),
    state: t.expose('state', { type: ReconciliationItemState, description: 'What has become of it.' }),
    occurredAt: t.expose('occurredAt', {
      type: 'DateTime',
      description: 'When what it is about happened.',
    }),
    foundAt: t.expose('foundAt', { type: 'DateTime', description: 'When it was first found.' }),
    resolvedAt: t.expose('resolvedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was repaired or resolved; null: it is open.',
    }),
    resolvedBy: t.exposeString('resolvedBy', {
      nullable: true,
      description: 'Who resolved it; `system`: a run.',
    }),
    resolution: t.exposeString('resolution', { nullable: true, description: 'What was done about it.' }),
    run: t.field({
      type: ReconciliationRun,
      description: 'The run that found it.',
      resolve: ({ runId }, _args, { services }) =>
        services.prisma.reconciliationRun.findUniqueOrThrow({ where: { id: runId } }),
    }),
    lastSeenIn: t.field({
      type: ReconciliationRun,
      description: 'The latest run that saw it.',
      resolve: ({ seenInRunId }, _args, { services }) =>
        services.prisma.reconciliationRun.findUniqueOrThrow({ where: { id: seenInRunId } }),
    }),
  }),
});
