// Payouts, as admins and as their creator see them.
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { failedReasonFor } from '../../payouts/explain.js';
import { getPayout, getPayouts } from '../../payouts/find.js';
import type { ListedPayout } from '../../payouts/lists/page-statement.js';
import type { PayoutRow } from '../../payouts/row.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import type { GraphQLContext } from '../context.js';
import { Creator } from './creator.js';
import { PayoutAttempt } from './payout-attempt.js';
import { RoyaltyStatement } from './royalty-statement.js';

export const PayoutStatus = builder.enumType('PayoutStatus', {
  description: 'Where a payout stands.',
  values: {
    PENDING: { description: 'Waits for a worker.' },
    PROCESSING: { description: 'The transfer is being made, or its outcome is being found out.' },
    COMPLETED: { description: "The money is in the creator's Stripe balance." },
    FAILED: { description: 'Stripe refused; `nextAttemptAt` says whether it is tried again by itself.' },
  },
});

/** A list has read the creator with the row where the operation asked for it, and its times as text. */
export const Payout = builder.objectRef<PayoutRow<Date | string> & Pick<ListedPayout, 'creator'>>('Payout');

builder.node(Payout, {
  description: 'One payment to one creator.',
  id: { resolve: (payout) => payout.id },
  loadManyWithoutCache: loadPayouts,
  fields: (t) => ({
    reference: t.exposeString('id', {
      description: "The payout's own id, which stands in Stripe's metadata too.",
    }),
    creator: t.field({
      type: Creator,
      description: 'Who is paid.',
      resolve: (payout, _args, context, info) => listedCreator(payout) ?? loadCreator(payout, context, info),
    }),
    royaltyStatement: t.prismaField({
      type: RoyaltyStatement,
      nullable: true,
      description: 'What it is paid from.',
      resolve: (query, { royaltyStatementId }, _args, { services }) =>
        royaltyStatementId === null
          ? null
          : services.prisma.royaltyStatement.findUnique({ ...query, where: { id: royaltyStatementId } }),
    }),
    amountCents: t.exposeInt('amountCents', { description: 'In cents of the currency.' }),
    reversedCents: t.exposeInt('amountReversedCents', {
      description:
        'How much of its transfer was taken back after it was paid, in cents; the rest of a COMPLETED payout stays with the creator.',
    }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    status: t.expose('status', { type: PayoutStatus, description: 'Where it stands.' }),
    stripeTransferId: t.exposeString('stripeTransferId', {
      nullable: true,
      description: "Stripe's transfer. For admins.",
      authScopes: { admin: true },
    }),
    failedReason: t.string({
      nullable: true,
      description: "Why it failed: a plain sentence for creators, Stripe's words for admins.",
      resolve: (payout, _args, { viewer }) => failedReasonFor(payout, viewer?.role === 'ADMIN'),
    }),
    failureCode: t.exposeString('failureCode', {
      nullable: true,
      description: "Why it failed: Stripe's code where it gave one, else ours.",
    }),
    retryCount: t.exposeInt('retryCount', { description: 'Retries so far.' }),
    lastRetryAt: t.expose('lastRetryAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the last retry began.',
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried again by itself; null on a failed payout: it will not be.',
    }),
    processedAt: t.expose('processedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was completed.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
    attempts: t.loadableGroup({
      type: PayoutAttempt,
      nullable: true,
      description: 'What was sent to Stripe for it. For admins.',
      authScopes: { admin: true },
      ...BATCHED,
      load: (ids: string[], { services: { prisma } }) =>
        prisma.payoutAttempt.findMany({ where: { payoutId: { in: ids } }, orderBy: { number: 'asc' } }),
      group: ({ payoutId }) => payoutId,
      resolve: ({ id }) => id,
    }),
  }),
});

/** Not all of a creator's row, but all that can be asked of it here: see payout-list.ts. */
function listedCreator({ creator }: typeof Payout.$inferType): typeof Creator.$inferType | null {
  return creator ? (creator as typeof Creator.$inferType) : null;
}

async function loadCreator(
  { creatorId }: Pick<PayoutRow, 'creatorId'>,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
) {
  const query: object = await queryFromInfo({ context, info, awaitSelections: true });
  return context.services.prisma.creator.findUniqueOrThrow({ ...query, where: { id: creatorId } });
}

/** One for each id, in their order; null where there is none, or it is not the viewer's. */
export async function loadPayouts(ids: string[], { viewer, services }: GraphQLContext) {
  return viewer ? getPayouts(services.pool, viewer, ids) : ids.map(() => null);
}

builder.queryField('payout', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: Payout,
    nullable: true,
    description: 'One payout; null where it is absent or not yours: no difference.',
    args: { id: t.arg.globalID({ required: true, for: Payout, description: 'Its id.' }) },
    resolve: (_root, { id }, { viewer, services }) => getPayout(services.pool, viewer, id.id),
  }),
);
