// The statements of a period as a run would take them, page by page: who would be paid, and who not and why. For admins.
import { decodeCursor, encodeCursor } from '../../payouts/lists/cursor.js';
import { type PageRequest, pageOf, windowOf } from '../../payouts/lists/page.js';
import {
  type Candidate,
  EXCLUSION_REASONS,
  type ExclusionReason as Reason,
  readCandidates,
} from '../../payouts/runs/candidates.js';
import type { RunPreview } from '../../payouts/runs/preview.js';
import { builder } from '../builder.js';
import type { GraphQLContext } from '../context.js';
import { TOTAL_COUNT } from '../total-count.js';
import { RoyaltyStatement } from './royalty-statement.js';

const REASONS: Readonly<Record<Reason, { description: string }>> = {
  CREATOR_NOT_READY: { description: 'The creator cannot receive transfers yet.' },
  BELOW_MINIMUM: { description: 'Less is left than the smallest payout.' },
  ABOVE_MAXIMUM: { description: 'More is left than the largest payout.' },
  ALREADY_PAID: { description: 'Nothing is left of it: it is paid, or being paid.' },
  HELD: { description: 'An admin holds a payout of it: release or reject that first.' },
  REJECTED: { description: 'An admin rejected its last payout: only `createPayout` pays it again.' },
  TAKEN_BACK: {
    description:
      'All of its last payout was taken back at Stripe: `retryPayout` or `createPayout` pays it again.',
  },
};

export const ExclusionReason = builder.enumType('PayoutRunExclusionReason', {
  description: 'Why a statement is left out of a run.',
  values: REASONS,
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

export const StatementConnection = builder.connectionObject(
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

interface Asked extends PageRequest {
  payable?: boolean | null | undefined;
  reasons?: readonly Reason[] | null | undefined;
}

/** Cursors are bound to the list of this name. */
const LIST = 'payoutRunStatements';

export async function statementsOf(
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
