// The lists of payouts: filters, orders, pages.
import type { GraphQLResolveInfo } from 'graphql';
import type { PayoutFilter } from '../../payouts/lists/conditions.js';
import { countPayouts } from '../../payouts/lists/count.js';
import { listPayouts, type PayoutOrder } from '../../payouts/lists/list.js';
import type { PageRequest, Placed } from '../../payouts/lists/page.js';
import type { ListedPayout } from '../../payouts/lists/page-statement.js';
import type { Viewer } from '../../payouts/viewer.js';
import { builder } from '../builder.js';
import type { GraphQLContext } from '../context.js';
import { TEXT } from '../shapes.js';
import { TOTAL_COUNT } from '../total-count.js';
import { Creator } from './creator.js';
import { Payout, PayoutStatus } from './payout.js';
import { readsOf } from './payout-reads.js';
import { PayoutRun } from './payout-run.js';
import { RoyaltyStatement } from './royalty-statement.js';

const StatusFilter = builder.inputType('PayoutStatusFilter', {
  description: 'By status.',
  fields: (t) => ({ in: t.field({ type: [PayoutStatus], description: 'Any of these.' }) }),
});

const IntRange = builder.inputType('IntRange', {
  description: 'Whole numbers between two limits.',
  fields: (t) => ({
    gte: t.int({ description: 'This or more.' }),
    lte: t.int({ description: 'This or less.' }),
  }),
});

const DateTimeRange = builder.inputType('DateTimeRange', {
  description: 'Moments between two limits.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'This moment or later.' }),
    lt: t.field({ type: 'DateTime', description: 'Before this moment.' }),
  }),
});

const PayoutFilterInput = builder.inputType('PayoutFilter', {
  description: 'Which payouts; all conditions hold together.',
  fields: (t) => ({
    status: t.field({ type: StatusFilter, description: 'By status.' }),
    creatorId: t.globalID({ for: Creator, description: 'Of this creator.' }),
    royaltyStatementId: t.globalID({ for: RoyaltyStatement, description: 'Paid from this statement.' }),
    payoutRunId: t.globalID({ for: PayoutRun, description: 'Made by this run.' }),
    amountCents: t.field({ type: IntRange, description: 'By amount, in cents.' }),
    held: t.boolean({ description: 'Whether an admin holds it; for creators, whether it is being checked.' }),
    awaitingApproval: t.boolean({
      description: 'Whether it waits for an approval; for creators, whether it is being checked.',
    }),
    createdAt: t.field({ type: DateTimeRange, description: 'By the moment of creation.' }),
    search: t.string({
      validate: TEXT,
      description:
        "By the payout's reference; for admins also by its Stripe transfer, or how the creator's name or e-mail begins.",
    }),
  }),
});

const PayoutOrderField = builder.enumType('PayoutOrderField', {
  description: 'What payouts are ordered by; the id breaks ties.',
  values: {
    CREATED_AT: { description: 'When it was created.' },
    UPDATED_AT: { description: 'When it last changed.' },
    AMOUNT_CENTS: { description: 'How much it is.' },
  },
});

const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end comes first.',
  values: { ASC: { description: 'The least first.' }, DESC: { description: 'The greatest first.' } },
});

const PayoutOrderInput = builder.inputType('PayoutOrder', {
  description: 'How payouts are ordered; without it the newest come first.',
  fields: (t) => ({
    field: t.field({ type: PayoutOrderField, required: true, description: 'By what.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which end comes first.' }),
  }),
});

interface PayoutConnection {
  edges: { node: typeof Payout.$inferType; cursor: string }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  /** Counts when it is asked for. */
  totalCount: () => Promise<number>;
}

const PayoutEdge = builder.edgeObject({
  type: Payout,
  name: 'PayoutEdge',
  description: 'A payout in a list.',
});

const PayoutConnectionType = builder.connectionObject(
  {
    type: Payout,
    name: 'PayoutConnection',
    description: 'A page of payouts.',
    fields: (t) => ({
      totalCount: t.int(TOTAL_COUNT),
    }),
  },
  PayoutEdge,
);

builder.queryFields((t) => ({
  payouts: t.withAuth({ admin: true }).field({
    type: PayoutConnectionType,
    nullable: true,
    description: 'All payouts. For admins.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: PayoutFilterInput, description: 'Which; without it all.' }),
      orderBy: t.arg({ type: PayoutOrderInput, description: 'How; without it the newest first.' }),
    },
    resolve: (_root, args, context, info) => connect(context.viewer, args, context, info),
  }),
  myPayouts: t.withAuth({ creator: true }).field({
    type: PayoutConnectionType,
    nullable: true,
    description: "The creator's own payouts.",
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: PayoutFilterInput, description: 'Which; without it all.' }),
      orderBy: t.arg({ type: PayoutOrderInput, description: 'How; without it the newest first.' }),
    },
    resolve: (_root, args, context, info) => connect(context.viewer, args, context, info),
  }),
}));

interface ListArgs extends PageRequest {
  filter?: typeof PayoutFilterInput.$inferInput | null | undefined;
  orderBy?: PayoutOrder | null | undefined;
}

async function connect(
  viewer: Viewer,
  args: ListArgs,
  { services: { pool } }: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<PayoutConnection> {
  const filter = toFilter(args.filter);
  const order = args.orderBy ?? undefined;
  const page = await listPayouts(pool, viewer, args, filter, order, readsOf(info));
  const { nodes, hasNextPage, hasPreviousPage } = page;
  return {
    edges: nodes.map((placed) => new Edge(placed)),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: nodes[0]?.cursor ?? null,
      endCursor: nodes.at(-1)?.cursor ?? null,
    },
    totalCount: () => countPayouts(pool, viewer, filter),
  };
}

class Edge {
  readonly #placed: Placed<ListedPayout>;

  constructor(placed: Placed<ListedPayout>) {
    this.#placed = placed;
  }

  get node(): ListedPayout {
    return this.#placed.row;
  }

  get cursor(): string {
    return this.#placed.cursor;
  }
}

function toFilter(input: ListArgs['filter']): PayoutFilter {
  return {
    status: input?.status?.in ?? undefined,
    creatorId: input?.creatorId?.id,
    royaltyStatementId: input?.royaltyStatementId?.id,
    payoutRunId: input?.payoutRunId?.id,
    amountCents: { gte: input?.amountCents?.gte ?? undefined, lte: input?.amountCents?.lte ?? undefined },
    held: input?.held ?? undefined,
    awaitingApproval: input?.awaitingApproval ?? undefined,
    createdAt: { gte: input?.createdAt?.gte ?? undefined, lt: input?.createdAt?.lt ?? undefined },
    search: input?.search ?? undefined,
  };
}
