// What a run over a period would pay, and what not: sums, the money for it, and a page of who. For admins.
import { decodeCursor, encodeCursor } from '../../payouts/cursor.js';
import { type PageRequest, pageOf, windowOf } from '../../payouts/page.js';
import {
  type Candidate,
  EXCLUSION_REASONS,
  type ExclusionReason as Reason,
  readCandidates,
} from '../../payouts/run-candidates.js';
import { balanceNow, previewRun, type RunPreview } from '../../payouts/run-preview.js';
import { builder } from '../builder.js';
import type { GraphQLContext } from '../context.js';
import { TOTAL_COUNT } from '../total-count.js';
import { RoyaltyStatement } from './royalty-statement.js';

const PayoutRunInput = builder.inputType('PayoutRunInput', {
  description: 'The statements that lie in this period as a whole.',
  fields: (t) => ({
    periodStart: t.field({ type: 'Date', required: true, description: 'The first day.' }),
    periodEnd: t.field({ type: 'Date', required: true, description: 'The last day, included.' }),
  }),
});

const REASONS: Readonly<Record<Reason, { description: string }>> = {
  CREATOR_NOT_READY: { description: 'The creator cannot receive transfers yet.' },
  BELOW_MINIMUM: { description: 'Less is left than the smallest payout.' },
  ABOVE_MAXIMUM: { description: 'More is left than the largest payout.' },
  ALREADY_PAID: { description: 'Nothing is left of it: it is paid, or being paid.' },
  HELD: { description: 'An admin holds a payout of it: release or reject that first.' },
  REJECTED: { description: 'An admin rejected its last payout: only `createPayout` pays it again.' },
};

const ExclusionReason = builder.enumType('PayoutRunExclusionReason', {
  description: 'Why a statement is left out of a run.',
  values: REASONS,
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

const PreviewedStatement = builder.objectRef<Candidate>('PayoutRunStatement').implement({
  description: 'A statement as a run would take it.',
  fields: (t) => ({
    royaltyStatement: t.prismaField({
      type: RoyaltyStatement,
      nullable: true,
      description: 'The statement; null: it was deleted meanwhile.',
      resolve: (query, { statementId }, _args, { services }) =>
        services.prisma.royaltyStatement.findUnique({ ...query, where: { id: statementId } }),
    }),
    leftCents: t.exposeInt('leftCents', {
      description: 'What the run would pay, or what is left of it; of what is held, with what is held.',
    }),
    reason: t.expose('excluded', {
      type: ExclusionReason,
      nullable: true,
      description: 'Why it is left out; null: it would be paid.',
    }),
    needsApproval: t.boolean({
      description: 'Its payout would wait for an approval.',
      resolve: ({ leftCents, excluded }, _args, { services: { limits } }) =>
        excluded === null && limits.approvalAboveCents !== null && leftCents > limits.approvalAboveCents,
    }),
  }),
});

const StatementConnection = builder.connectionObject(
  {
    type: PreviewedStatement,
    name: 'PayoutRunStatementConnection',
    description: 'A page of the statements of a period.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({
    type: PreviewedStatement,
    name: 'PayoutRunStatementEdge',
    description: 'A statement of the period.',
  }),
);

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

interface Asked extends PageRequest {
  payable?: boolean | null | undefined;
  reasons?: readonly Reason[] | null | undefined;
}

/** Cursors are bound to the list of this name. */
const LIST = 'payoutRunStatements';

async function statementsOf(
  preview: RunPreview,
  asked: Asked,
  { services: { pool, limits } }: GraphQLContext,
) {
  const { limit, backward, cursor } = windowOf(asked);
  const filter = filterOf(asked);
  const rows = await readCandidates(
    pool,
    { period: preview, limits, filter },
    {
      beyond: cursor === null ? null : placeAt(cursor, backward ? 'before' : 'after'),
      direction: backward ? 'asc' : 'desc',
      take: limit + 1,
    },
  );
  const page = pageOf(rows, asked, (row) => encodeCursor(LIST, String(row.leftCents), row.statementId));
  return {
    edges: page.nodes.map(({ row, cursor: at }) => ({ node: row, cursor: at })),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: page.nodes[0]?.cursor ?? null,
      endCursor: page.nodes.at(-1)?.cursor ?? null,
    },
    totalCount: () => countOf(preview, filter),
  };
}

function placeAt(cursor: string, argument: string) {
  const [leftCents, statementId] = decodeCursor(cursor, LIST, 'int', argument);
  return { leftCents: Number(leftCents), statementId };
}

const filterOf = ({ payable, reasons }: Asked): (Reason | null)[] =>
  [null, ...EXCLUSION_REASONS].filter(
    (one) =>
      (payable == null || payable === (one === null)) &&
      (reasons == null || (one !== null && reasons.includes(one))),
  );

/** As the preview counted them. */
function countOf({ payoutCount, excluded }: RunPreview, filter: readonly (Reason | null)[]): number {
  const left = excluded.filter(({ reason }) => filter.includes(reason));
  return left.reduce(
    (sum, { statementCount }) => sum + statementCount,
    filter.includes(null) ? payoutCount : 0,
  );
}

builder.queryField('payoutRunPreview', (t) =>
  t.withAuth({ admin: true }).field({
    type: PayoutRunPreview,
    nullable: true,
    description: 'What a run over a period would pay, and what it would leave out and why. For admins.',
    args: { input: t.arg({ type: PayoutRunInput, required: true, description: 'The period.' }) },
    resolve: (_root, { input }, { services }) => previewRun(services, input),
  }),
);
