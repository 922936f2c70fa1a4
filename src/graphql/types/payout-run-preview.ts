// What a run over a period would pay, and what not: sums, and the money for it. For admins.
import { balanceNow, previewRun, type RunPreview } from '../../payouts/runs/preview.js';
import { builder } from '../builder.js';
import { ExclusionReason, StatementConnection, statementsOf } from './payout-run-statement.js';

const PayoutRunInput = builder.inputType('PayoutRunInput', {
  description: 'The statements that lie in this period as a whole.',
  fields: (t) => ({
    periodStart: t.field({ type: 'Date', required: true, description: 'The first day.' }),
    periodEnd: t.field({ type: 'Date', required: true, description: 'The last day, included.' }),
  }),
});

const Exclusion = builder.objectRef<RunPreview['excluded'][number]>('PayoutRunExclusion').implement({
  description: 'Statements that a run leaves out for one reason.',
  fields: (t) => ({
    reason: t.expose('reason', { type: ExclusionReason, description: 'Why.' }),
    statementCount: t.exposeInt('statementCount', { description: 'How many statements.' }),
    totalCents: t.expose('totalCents', {
      type: 'SafeInt',
      description: 'What is left of them in all; of those that are held, with what is held.',
    }),
  }),
});

interface Balance {
  availableCents: number;
  shortfallCents: number;
}

const PayoutRunBalance = builder.objectRef<Balance>('PayoutRunBalance').implement({
  description: "The platform's money at Stripe against what a run would pay.",
  fields: (t) => ({
    availableCents: t.expose('availableCents', { type: 'SafeInt', description: 'What may leave now.' }),
    shortfallCents: t.expose('shortfallCents', {
      type: 'SafeInt',
      description: 'What the run needs beyond that; 0: it is enough.',
    }),
  }),
});

const PayoutRunPreview = builder.objectRef<RunPreview>('PayoutRunPreview').implement({
  description: 'What a run would pay now.',
  fields: (t) => ({
    periodStart: t.expose('periodStart', { type: 'Date', description: 'The first day.' }),
    periodEnd: t.expose('periodEnd', { type: 'Date', description: 'The last day, included.' }),
    payoutCount: t.exposeInt('payoutCount', { description: 'How many payouts it would make.' }),
    totalCents: t.expose('totalCents', { type: 'SafeInt', description: 'What it would pay in all.' }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    needsApprovalCount: t.exposeInt('needsApprovalCount', {
      description: 'How many of the payouts would wait for an approval.',
    }),
    needsApprovalCents: t.expose('needsApprovalCents', {
      type: 'SafeInt',
      description: 'What those come to.',
    }),
    digest: t.exposeString('digest', {
      description:
        'Of the statements that it would pay and what of each: for `expectedDigest`, so that it pays no others, not even of the same sum.',
    }),
    excluded: t.field({
      type: [Exclusion],
      description: 'What is left out, by reason.',
      resolve: (p) => p.excluded,
    }),
    platformBalance: t.field({
      type: PayoutRunBalance,
      nullable: true,
      description: "The platform's money at Stripe; null: Stripe does not say at the moment.",
      resolve: async ({ currency, totalCents }, _args, { services }) => {
        const availableCents = await balanceNow(services.balance, currency);
        if (availableCents === null) return null;
        return { availableCents, shortfallCents: Math.max(0, totalCents - availableCents) };
      },
    }),
    statements: t.field({
      type: StatementConnection,
      nullable: true,
      description: 'Who would be paid, and who not; the largest sums first.',
      args: {
        ...t.arg.connectionArgs(),
        payable: t.arg.boolean({ description: 'Those that would be paid, or those that are left out.' }),
        reasons: t.arg({ type: [ExclusionReason], description: 'Left out for one of these.' }),
      },
      resolve: (preview, args, context) => statementsOf(preview, args, context),
    }),
  }),
});

builder.queryField('payoutRunPreview', (t) =>
  t.withAuth({ admin: true }).field({
    type: PayoutRunPreview,
    nullable: true,
    description: 'What a run over a period would pay, and what it would leave out and why. For admins.',
    args: { input: t.arg({ type: PayoutRunInput, required: true, description: 'The period.' }) },
    resolve: (_root, { input }, { services }) => previewRun(services, input),
  }),
);
