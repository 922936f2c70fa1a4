// Payout runs: what was paid of a period in one go, and how far it has come. For admins.
import type { PayoutRun as RunModel } from '../../generated/prisma/client.js';
import {
  progressOf,
  type RUN_STAGES,
  type RunFigure,
  type RunProgress,
  runsOfPayouts,
  type WatchedRun,
} from '../../payouts/runs/progress.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { beyond, connect } from '../newest-first.js';
import { TOTAL_COUNT } from '../total-count.js';
import { Payout } from './payout.js';

const STAGES: Readonly<Record<(typeof RUN_STAGES)[number], { description: string }>> = {
  PENDING: { description: 'Waits for a worker.' },
  PROCESSING: { description: 'The transfer is being made, or its outcome is being found out.' },
  COMPLETED: { description: "The money is in the creator's Stripe balance." },
  RETRYING: { description: 'Stripe refused; it is tried again by itself.' },
  FAILED: { description: 'It has failed, and is not tried again by itself.' },
  HELD: { description: 'An admin holds it.' },
  AWAITING_APPROVAL: { description: 'It waits for an approval.' },
};

const PayoutRunStage = builder.enumType('PayoutRunStage', {
  description: 'Where a payout of a run stands.',
  values: STAGES,
});

const PayoutRunFigure = builder.objectRef<RunFigure>('PayoutRunFigure').implement({
  description: 'The payouts of a run that stand at one stage.',
  fields: (t) => ({
    stage: t.expose('stage', { type: PayoutRunStage, description: 'Where they stand.' }),
    payoutCount: t.exposeInt('payoutCount', { description: 'How many.' }),
    totalCents: t.expose('totalCents', { type: 'SafeInt', description: 'What they come to.' }),
  }),
});

const PayoutRunProgress = builder.objectRef<RunProgress>('PayoutRunProgress').implement({
  description: 'How far a run has come: exact, as of now.',
  fields: (t) => ({
    stages: t.field({
      type: [PayoutRunFigure],
      description: 'One for each stage; together they are the whole run.',
      resolve: ({ stages }) => stages,
    }),
    endedCount: t.exposeInt('endedCount', { description: 'Payouts that are paid, or have failed for good.' }),
    finished: t.exposeBoolean('finished', {
      description: 'All payouts have ended. A retry of a failed one makes the run go on.',
    }),
  }),
});

/** Who watches it is handed the progress with it. */
type Run = RunModel & Partial<Pick<WatchedRun, 'progress'>>;

export const PayoutRun = builder.objectRef<Run>('PayoutRun');

builder.node(PayoutRun, {
  description: 'What an admin paid of a period in one go: all of it, or nothing.',
  id: { resolve: (run) => run.id },
  loadWithoutCache: (id, { viewer, services }) =>
    viewer?.role === 'ADMIN' ? services.prisma.payoutRun.findUnique({ where: { id } }) : null,
  fields: (t) => ({
    periodStart: t.expose('periodStart', { type: 'Date', description: 'The first day.' }),
    periodEnd: t.expose('periodEnd', { type: 'Date', description: 'The last day, included.' }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    payoutCount: t.exposeInt('payoutCount', { description: 'How many payouts it made.' }),
    totalCents: t.field({
      type: 'SafeInt',
      description: 'What they come to.',
      resolve: ({ totalCents }) => Number(totalCents),
    }),
    requestedBy: t.exposeString('requestedBy', { description: 'The `sub` of who asked for it.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in the words of who did.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    progress: t.loadable({
      type: PayoutRunProgress,
      description: 'How far it has come.',
      ...BATCHED,
      load: (runs: Run[], { services }) => progressOfAll(runs, services.pool),
      resolve: (run) => run,
    }),
  }),
});

async function progressOfAll(runs: readonly Run[], pool: Parameters<typeof progressOf>[0]) {
  const asked = runs.filter(({ progress }) => progress === undefined);
  if (asked.length === 0) return runs.map(({ progress }) => progress ?? new Error('a run lost its progress'));
  return progressOf(
    pool,
    runs.map(({ id }) => id),
  );
}

builder.objectField(Payout, 'run', (t) =>
  t.loadable({
    type: PayoutRun,
    nullable: true,
    description: 'The run that made it; null: it was asked for by itself. For admins.',
    authScopes: { admin: true },
    ...BATCHED,
    load: (ids: string[], { services }) => runsOfPayouts(services.prisma, ids),
    resolve: ({ id }) => id,
  }),
);

const PayoutRunConnection = builder.connectionObject(
  {
    type: PayoutRun,
    name: 'PayoutRunConnection',
    description: 'A page of payout runs.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({ type: PayoutRun, name: 'PayoutRunEdge', description: 'A payout run in a list.' }),
);

builder.queryFields((t) => ({
  payoutRun: t.withAuth({ admin: true }).field({
    type: PayoutRun,
    nullable: true,
    description: 'A payout run; null where there is none. For admins.',
    args: { id: t.arg.globalID({ for: PayoutRun, required: true, description: 'Its id.' }) },
    resolve: (_root, { id }, { services }) => services.prisma.payoutRun.findUnique({ where: { id: id.id } }),
  }),
  payoutRuns: t.withAuth({ admin: true }).field({
    type: PayoutRunConnection,
    nullable: true,
    description: 'All payout runs, newest first. For admins.',
    args: t.arg.connectionArgs(),
    resolve: (_root, page, { services: { prisma } }) =>
      connect<Run>(page, {
        name: 'payoutRuns',
        placeOf: ({ createdAt, id }) => ({ time: createdAt, id }),
        read: (seek) =>
          prisma.payoutRun.findMany({
            where: beyond('createdAt', seek),
            orderBy: [{ createdAt: seek.direction }, { id: seek.direction }],
            take: seek.take,
          }),
        count: () => prisma.payoutRun.count(),
      }),
  }),
}));

builder.subscriptionField('payoutRunChanged', (t) =>
  t.withAuth({ admin: true }).field({
    type: PayoutRun,
    description:
      'A run as it stands, at once and then whenever its progress has changed, a few times a second at most. It ends ' +
      'when the run has finished, and at once where there is no such run. For admins.',
    args: { runId: t.arg.globalID({ for: PayoutRun, required: true, description: 'The run.' }) },
    subscribe: (_root, { runId }, { services }) => services.runs.watch(runId.id),
    resolve: (run) => run,
  }),
);
