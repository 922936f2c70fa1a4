// Runs of reconciliation: each compares our books with Stripe's over a period. For admins.
import type { ReconciliationRun as RunModel } from '../../generated/prisma/client.js';
import { ReconciliationStatus as Status } from '../../generated/prisma/enums.js';
import { builder } from '../builder.js';
import { beyond, connect } from '../newest-first.js';
import { TOTAL_COUNT } from '../total-count.js';

const ReconciliationStatus = builder.enumType('ReconciliationStatus', {
  description: 'Where a run stands.',
  values: {
    [Status.QUEUED]: { description: 'Waits for a worker.' },
    [Status.RUNNING]: { description: 'A worker compares.' },
    [Status.COMPLETED]: { description: 'Everything of the period was compared.' },
    [Status.FAILED]: { description: 'It ended before everything was compared; `error` says why.' },
  } as const,
});

export const ReconciliationRun = builder.objectRef<RunModel>('ReconciliationRun');

builder.node(ReconciliationRun, {
  description: "One comparison of our books with Stripe's over a period.",
  id: { resolve: (run) => run.id },
  loadWithoutCache: (id, { viewer, services }) =>
    viewer?.role === 'ADMIN' ? services.prisma.reconciliationRun.findUnique({ where: { id } }) : null,
  fields: (t) => ({
    periodStart: t.expose('periodStart', { type: 'DateTime', description: 'From this moment on.' }),
    periodEnd: t.expose('periodEnd', { type: 'DateTime', description: 'Before this moment.' }),
    status: t.expose('status', { type: ReconciliationStatus, description: 'Where it stands.' }),
    requestedBy: t.exposeString('requestedBy', {
      description: "Who asked for it: the token's `sub`, or `system` for the daily one.",
    }),
    payoutsChecked: t.exposeInt('payoutsChecked', { description: 'Payouts of ours that were compared.' }),
    transfersChecked: t.exposeInt('transfersChecked', { description: "Stripe's transfers that were." }),
    repairedCount: t.exposeInt('repairedCount', { description: 'Differences that it mended by itself.' }),
    openCount: t.exposeInt('openCount', { description: 'Differences that somebody must look at.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker took it up.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended, either way.',
    }),
  }),
});

const ReconciliationRunConnection = builder.connectionObject(
  {
    type: ReconciliationRun,
    name: 'ReconciliationRunConnection',
    description: 'A page of runs.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({
    type: ReconciliationRun,
    name: 'ReconciliationRunEdge',
    description: 'A run in a list.',
  }),
);

builder.queryField('reconciliationRuns', (t) =>
  t.withAuth({ admin: true }).field({
    type: ReconciliationRunConnection,
    nullable: true,
    description: 'All runs of reconciliation, newest first. For admins.',
    args: t.arg.connectionArgs(),
    resolve: (_root, page, { services: { prisma } }) =>
      connect<RunModel>(page, {
        name: 'reconciliationRuns',
        placeOf: ({ createdAt, id }) => ({ time: createdAt, id }),
        read: (seek) =>
          prisma.reconciliationRun.findMany({
            where: beyond('createdAt', seek),
            orderBy: [{ createdAt: seek.direction }, { id: seek.direction }],
            take: seek.take,
          }),
        count: () => prisma.reconciliationRun.count(),
      }),
  }),
);
