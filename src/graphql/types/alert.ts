// Alerts: what somebody must look at. For admins.
import type { Alert as AlertModel, Prisma } from '../../generated/prisma/client.js';
import type { AlertRule as Rule } from '../../payouts/alerts.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { beyond, connect } from '../newest-first.js';
import { TOTAL_COUNT } from '../total-count.js';
import { loadPayouts, Payout } from './payout.js';

const RULES: Readonly<Record<Rule, { description: string }>> = {
  failure_rate_high: { description: 'Too many of the payouts that ended lately have failed.' },
  payout_stuck: { description: 'A payout is PROCESSING for longer than it may be.' },
  reconciliation_mismatch: { description: "Our books and Stripe's differ." },
  max_retries_exceeded: { description: 'A payout failed and is not tried again by itself.' },
  stripe_configuration: { description: 'Stripe refuses our configuration; processing is paused.' },
  webhook_quarantined: { description: 'An event of Stripe was set aside: it fits nothing that we know.' },
  platform_balance_low: { description: 'There is too little money at Stripe for what is due.' },
  email_failed: { description: 'E-mails do not reach a creator, or the mail server cannot be used.' },
};

const AlertRule = builder.enumType('AlertRule', {
  description: 'What alerts are raised for.',
  values: RULES,
});

export const Alert = builder.objectRef<AlertModel>('Alert');

builder.node(Alert, {
  description:
    'What somebody must look at: raised once for each cause, resolved by itself when that is gone.',
  id: { resolve: (alert) => alert.id },
  loadWithoutCache: (id, { viewer, services }) =>
    viewer?.role === 'ADMIN' ? services.prisma.alert.findUnique({ where: { id } }) : null,
  fields: (t) => ({
    rule: t.field({ type: AlertRule, description: 'Why it was raised.', resolve: (a) => a.rule as Rule }),
    key: t.exposeString('key', {
      description: 'What it is about: of a rule and a key at most one is open. Stable over all channels.',
    }),
    message: t.exposeString('message', { description: 'For people: what is wrong and what to do.' }),
    details: t.field({
      type: 'JSON',
      description: 'The facts, by the rule.',
      resolve: ({ details }) => details,
    }),
    payout: t.loadable({
      type: Payout,
      nullable: true,
      description: 'The payout that it is about, if it is about one.',
      ...BATCHED,
      load: loadPayouts,
      resolve: ({ payoutId }) => payoutId,
    }),
    occurrences: t.exposeInt('occurrences', { description: 'How often its cause was seen.' }),
    openedAt: t.expose('openedAt', { type: 'DateTime', description: 'When it was raised.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
    acknowledgedAt: t.expose('acknowledgedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody said that they take care.',
    }),
    acknowledgedBy: t.exposeString('acknowledgedBy', { nullable: true, description: 'Who that was.' }),
    resolvedAt: t.expose('resolvedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its cause was gone; null: it is open.',
    }),
  }),
});

const AlertFilter = builder.inputType('AlertFilter', {
  description: 'Which alerts; all conditions hold together.',
  fields: (t) => ({
    open: t.boolean({ description: 'Those that are open, or those that are resolved.' }),
    rule: t.field({ type: AlertRule, description: 'Raised by this rule.' }),
  }),
});

const AlertConnection = builder.connectionObject(
  {
    type: Alert,
    name: 'AlertConnection',
    description: 'A page of alerts.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({ type: Alert, name: 'AlertEdge', description: 'An alert in a list.' }),
);

builder.subscriptionField('alertChanged', (t) =>
  t.withAuth({ admin: true }).field({
    type: Alert,
    description:
      'An alert as it stands whenever it was raised, updated, acknowledged or resolved. Of several changes at one ' +
      'moment the last is told. For admins.',
    subscribe: (_root, _args, { services }) => services.alerts.listen(),
    resolve: (alert) => alert,
  }),
);

type Filter = typeof AlertFilter.$inferInput;

builder.queryField('alerts', (t) =>
  t.withAuth({ admin: true }).field({
    type: AlertConnection,
    nullable: true,
    description: 'All alerts, newest first. For admins.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: AlertFilter, description: 'Which; without it all.' }),
    },
    resolve: (_root, { filter, ...page }, { services: { prisma } }) => {
      const where = whereOf(filter ?? {});
      return connect<AlertModel>(page, {
        name: 'alerts',
        placeOf: ({ openedAt, id }) => ({ time: openedAt, id }),
        read: (seek) =>
          prisma.alert.findMany({
            where: { AND: [where, beyond('openedAt', seek)] },
            orderBy: [{ openedAt: seek.direction }, { id: seek.direction }],
            take: seek.take,
          }),
        count: () => prisma.alert.count({ where }),
      });
    },
  }),
);

function whereOf({ open, rule }: Filter): Prisma.AlertWhereInput {
  return { ...(open != null && { resolvedAt: open ? null : { not: null } }), ...(rule && { rule }) };
}
