// Royalty statements: what payouts are paid from.
import { scopeOf } from '../../payouts/viewer.js';
import { builder } from '../builder.js';
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

builder.queryFields((t) => ({
  royaltyStatements: t.prismaConnection(
    {
      type: RoyaltyStatement,
      cursor: 'id',
      description: 'All royalty statements, the latest period first.',
      nullable: true,
      authScopes: { admin: true },
      maxSize: 100,
      totalCount: (_parent, _args, { services }) => services.prisma.royaltyStatement.count(),
      resolve: (query, _root, _args, { services }) =>
        services.prisma.royaltyStatement.findMany({
          ...query,
          orderBy: [{ periodStart: 'desc' }, { id: 'desc' }],
        }),
    },
    { description: 'A page of royalty statements.', fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }) },
    { description: 'A royalty statement in a list.' },
  ),
}));
