// Where payouts stand, and what happened to them: summaries for admins and, of their own, for creators.
import { retryingTotal } from '../../payouts/figures/retrying.js';
import {
  payoutSummary,
  type StatusTotal,
  type PayoutSummary as Summary,
} from '../../payouts/figures/summary.js';
import type { Figures } from '../../payouts/rollup-figures.js';
import { builder } from '../builder.js';
import { Creator } from './creator.js';

const StatusTotals = builder.objectRef<StatusTotal>('PayoutStatusTotal').implement({
  description: 'The payouts that are in one status.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many.' }),
    amountCents: t.expose('amountCents', {
      type: 'SafeInt',
      description: 'What they pay in all, in cents of the currency.',
    }),
  }),
});

export const PayoutFigures = builder.objectRef<Figures>('PayoutFigures').implement({
  description:
    'What happened to payouts in a time: each change counts when it happened, whenever the payout was created. ' +
    'Taking back a part of a transfer changes no figure.',
  fields: (t) => ({
    createdCount: t.exposeInt('createdCount', { description: 'How many payouts were created.' }),
    createdCents: t.expose('createdCents', { type: 'SafeInt', description: 'Their amount.' }),
    completedCount: t.exposeInt('completedCount', {
      description:
        'How often a payout was completed. One that was taken back and paid once more counts both times.',
    }),
    completedCents: t.expose('completedCents', {
      type: 'SafeInt',
      description: 'The amount of these; what was taken back later is not subtracted: see `reversedCents`.',
    }),
    failedCount: t.exposeInt('failedCount', {
      description:
        'How often a payout failed for good: no automatic retry follows. That is a refusal which no retry mends, one ' +
        'after the last retry, and a transfer that was taken back. An admin may still have it retried.',
    }),
    failedCents: t.expose('failedCents', { type: 'SafeInt', description: 'The amount of these.' }),
    reversedCount: t.exposeInt('reversedCount', {
      description:
        'Of the failures, how many were transfers that existed and were taken back in full, or failed later.',
    }),
    reversedCents: t.expose('reversedCents', { type: 'SafeInt', description: 'The amount of these.' }),
    refusedAttemptCount: t.exposeInt('refusedCount', {
      description: 'How often Stripe refused to make a transfer, whether or not a retry follows.',
    }),
    retryCount: t.exposeInt('retriedCount', {
      description: 'How many retries began: automatic ones, and those that an admin asked for.',
    }),
    completedAfterRetryCount: t.exposeInt('recoveredCount', {
      description: 'How many of the completions took at least one retry.',
    }),
    successRate: t.exposeFloat('successRate', {
      nullable: true,
      description: 'completedCount / (completedCount + failedCount), 0 to 1; null where nothing ended.',
    }),
    failureRate: t.exposeFloat('failureRate', {
      nullable: true,
      description: 'failedCount / (completedCount + failedCount), 0 to 1; null where nothing ended.',
    }),
    averageProcessingSeconds: t.exposeFloat('averageProcessingSeconds', {
      nullable: true,
      description:
        'From creation to completion, retries and waiting included: the mean over the completions, in seconds; null ' +
        'where there are none.',
    }),
  }),
});

export const AS_OF = {
  type: 'DateTime',
  description: 'When it was read. It is exact as of then: it is added up anew each time, never kept.',
} as const;

const PayoutSummary = builder.objectRef<Summary>('PayoutSummary').implement({
  description:
    'Where payouts stand now, and what happened to them. Exact, with every change that was written before. Days are UTC. ' +
    'Payouts in another currency than the platform pays in now are left out.',
  fields: (t) => ({
    creator: t.prismaField({
      type: Creator,
      nullable: true,
      description: 'Whose payouts; null: of all creators.',
      resolve: (query, { creatorId }, _args, { services }) =>
        creatorId === null
          ? null
          : services.prisma.creator.findUnique({ ...query, where: { id: creatorId } }),
    }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    asOf: t.expose('asOf', AS_OF),
    pending: t.expose('pending', { type: StatusTotals, description: 'They wait to be sent.' }),
    processing: t.expose('processing', { type: StatusTotals, description: 'They are with Stripe.' }),
    completed: t.expose('completed', {
      type: StatusTotals,
      description: 'Their transfers exist; the amount includes what was taken back in part.',
    }),
    failed: t.expose('failed', {
      type: StatusTotals,
      description: 'They failed, whether or not a retry follows.',
    }),
    retrying: t.field({
      type: StatusTotals,
      description: 'Of those that failed: what is tried again by itself.',
      resolve: (summary, _args, { services }) => retryingTotal(services.pool, summary),
    }),
    allTime: t.expose('allTime', {
      type: PayoutFigures,
      description: 'What happened since the first payout.',
    }),
    today: t.expose('today', { type: PayoutFigures, description: 'What happened since midnight.' }),
    thisWeek: t.expose('thisWeek', { type: PayoutFigures, description: 'What happened since Monday.' }),
    thisMonth: t.expose('thisMonth', {
      type: PayoutFigures,
      description: 'What happened since the first of the month.',
    }),
  }),
});

builder.queryField('payoutSummary', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: PayoutSummary,
    nullable: true,
    description:
      'Where payouts stand: for creators of their own alone, for admins of one creator or all. ' +
      'Null where the creator is absent or not you: no difference.',
    args: {
      creatorId: t.arg.globalID({
        for: Creator,
        description: 'Of this creator; without it your own, for admins all.',
      }),
    },
    resolve: (_root, { creatorId }, { viewer, services }) =>
      payoutSummary(services.pool, viewer, services.limits.currency, creatorId?.id),
  }),
);
