// What happened to payouts over time, for admins.
import { type PayoutAnalytics as Analytics, payoutAnalytics } from '../../payouts/figures/analytics.js';
import {
  type AnalyticsInterval as Interval,
  MOST_BUCKETS,
  mostBucketsOf,
} from '../../payouts/figures/buckets.js';
import { builder } from '../builder.js';
import { USUAL_LIST } from '../limits/field-cost.js';
import { Creator } from './creator.js';
import { AS_OF, PayoutFigures } from './payout-summary.js';

const AnalyticsInterval = builder.enumType('AnalyticsInterval', {
  description: 'How long one step of an analysis is; in UTC.',
  values: {
    DAY: { description: 'From midnight to midnight.' },
    WEEK: { description: 'From Monday to Monday.' },
    MONTH: { description: 'From the first to the first.' },
  },
});

const AnalyticsBucket = builder.objectRef<Analytics['buckets'][number]>('PayoutAnalyticsBucket').implement({
  description: 'One whole day, week or month.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'Its beginning.' }),
    to: t.expose('to', { type: 'DateTime', description: 'Its end: the beginning of the next one.' }),
    figures: t.expose('figures', { type: PayoutFigures, description: 'What happened in it.' }),
  }),
});

const PayoutAnalytics = builder.objectRef<Analytics>('PayoutAnalytics').implement({
  description:
    'What happened to payouts over time. Exact, with every change that was written before; the figures of the present ' +
    'day, week or month still grow. Payouts in another currency than the platform pays in now are left out.',
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
    interval: t.expose('interval', { type: AnalyticsInterval, description: 'How long a step is.' }),
    from: t.expose('from', {
      type: 'DateTime',
      description: 'The beginning of the first step, which is not after the `from` that was asked for.',
    }),
    to: t.expose('to', {
      type: 'DateTime',
      description: 'The end of the last step, which is not before the `to` that was asked for.',
    }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    asOf: t.expose('asOf', AS_OF),
    buckets: t.expose('buckets', {
      type: [AnalyticsBucket],
      description: 'Step by step, oldest first, without a gap: also where nothing happened.',
    }),
    total: t.expose('total', { type: PayoutFigures, description: 'What happened in all steps together.' }),
  }),
});

builder.queryField('payoutAnalytics', (t) =>
  t.withAuth({ admin: true }).field({
    type: PayoutAnalytics,
    nullable: true,
    description:
      'What happened to payouts by day, week or month. Every step that the time touches is there as a whole, at most ' +
      `${MOST_BUCKETS}. Null where the creator is absent. For admins.`,
    complexity: costOf,
    args: {
      from: t.arg({ type: 'DateTime', required: true, description: 'From this moment.' }),
      to: t.arg({ type: 'DateTime', required: true, description: 'Until before this moment.' }),
      interval: t.arg({ type: AnalyticsInterval, required: true, description: 'How long a step is.' }),
      creatorId: t.arg.globalID({ for: Creator, description: 'Of this creator; without it of all.' }),
    },
    resolve: (_root, { creatorId, ...request }, { viewer, services }) =>
      payoutAnalytics(services.pool, viewer, services.limits.currency, {
        ...request,
        creatorId: creatorId?.id,
      }),
  }),
);

/** As the operation has them: before they are read, and whatever was sent in their place. */
interface RawRequest {
  from?: unknown;
  to?: unknown;
  interval?: unknown;
}

/** `buckets` counts as a usual list: here it becomes as long as it may really be. */
function costOf({ from, to, interval }: RawRequest) {
  const steps = mostBucketsOf(momentOf(from), momentOf(to), interval as Interval);
  return { field: 1, multiplier: Math.ceil(steps / USUAL_LIST) };
}

const momentOf = (raw: unknown) => new Date(typeof raw === 'string' ? raw : Number.NaN);
