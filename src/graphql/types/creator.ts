// Creators: who is paid.
import { scopeOf } from '../../payouts/viewer.js';
import { builder } from '../builder.js';
import { TOTAL_COUNT } from '../total-count.js';

export const Creator = builder.prismaNode('Creator', {
  description: 'Who is paid.',
  id: { field: 'id' },
  nullable: true,
  // A creator finds itself; for everybody else's id the answer is that of an id that does not exist.
  findUnique: (id, { viewer }) => ({ id, AND: viewer ? { id: scopeOf(viewer) ?? id } : { id: '' } }),
  fields: (t) => ({
    externalId: t.exposeString('externalId', {
      description: 'The id on the platform that we pay for.',
      nullable: true,
      authScopes: { admin: true },
    }),
    displayName: t.exposeString('displayName', { description: 'The name as the creator writes it.' }),
    email: t.exposeString('email', {
      description: 'Where messages go; for admins and the creator itself.',
      nullable: true,
      authScopes: (creator, _args, { viewer }) =>
        viewer?.role === 'ADMIN' || (viewer?.role === 'CREATOR' && viewer.creatorId === creator.id),
    }),
    transfersEnabled: t.exposeBoolean('transfersEnabled', {
      description: 'Stripe lets this creator receive transfers.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When we first heard of the creator.',
    }),
  }),
});

builder.queryFields((t) => ({
  creators: t.prismaConnection(
    {
      type: Creator,
      cursor: 'id',
      description: 'All creators, newest first.',
      nullable: true,
      authScopes: { admin: true },
      maxSize: 100,
      totalCount: (_parent, _args, { services }) => services.prisma.creator.count(),
      resolve: (query, _root, _args, { services }) =>
        services.prisma.creator.findMany({ ...query, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] }),
    },
    { description: 'A page of creators.', fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }) },
    { description: 'A creator in a list.' },
  ),
}));
