// Royalty statements: what payouts are paid from.
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { RoyaltyStatement as StatementModel } from '../../generated/prisma/client.js';
import { scopeOf } from '../../payouts/viewer.js';
import { builder } from '../builder.js';
import { beyond, connect } from '../newest-first.js';
import { TOTAL_COUNT } from '../total-count.js';

export const RoyaltyStatement = builder.prismaNode('RoyaltyStatement', {
  description: 'What a creator earned in a period.',
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { viewer }) => {
    const scope = viewer ? scopeOf(viewer) : '';
    return scope === null ? { id } : { id, creatorId: scope };
  },
  fields: (t) => ({
    externalId: t.exposeString('externalId', {
      description: 'Its id where it came from.',
      nullable: true,
      authScopes: { admin: true },
    }),
    creator: t.relation('creator', { description: 'Who earned it.' }),
    periodStart: t.expose('periodStart', { type: 'Date', description: 'The first day of the period.' }),
    periodEnd: t.expose('periodEnd', { type: 'Date', description: 'The last day of the period, included.' }),
    amountCents: t.exposeInt('amountCents', { description: 'What may be paid from it in all.' }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it came in.' }),
  }),
});

const RoyaltyStatementConnection = builder.connectionObject(
  {
    type: RoyaltyStatement,
    name: 'QueryRoyaltyStatementsConnection',
    description: 'A page of royalty statements.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({
    type: RoyaltyStatement,
    name: 'QueryRoyaltyStatementsConnectionEdge',
    description: 'A royalty statement in a list.',
  }),
);

/** Where the rows are asked for, and so what is to be read along with them. */
const ROWS = [['nodes'], ['edges', 'node']];

builder.queryField('royaltyStatements', (t) =>
  t.withAuth({ admin: true }).field({
    type: RoyaltyStatementConnection,
    nullable: true,
    description: 'All royalty statements, the latest period first.',
    args: t.arg.connectionArgs(),
    resolve: async (_root, page, context, info) => {
      const { prisma } = context.services;
      const query: object = await queryFromInfo({ context, info, paths: ROWS, awaitSelections: true });
      return connect<StatementModel>(page, {
        name: 'royaltyStatements',
        placeOf: ({ periodStart, id }) => ({ time: periodStart, id }),
        read: (seek) =>
          prisma.royaltyStatement.findMany({
            ...query,
            where: beyond('periodStart', seek),
            orderBy: [{ periodStart: seek.direction }, { id: seek.direction }],
            take: seek.take,
          }),
        count: () => prisma.royaltyStatement.count(),
      });
    },
  }),
);
