// Creators: who is paid.
import type { Creator as CreatorModel } from '../../generated/prisma/client.js';
import { countCreators, findCreators } from '../../payouts/lists/find-creators.js';
import { scopeOf } from '../../payouts/viewer.js';
import { builder } from '../builder.js';
import type { GraphQLContext } from '../context.js';
import { connect } from '../newest-first.js';
import { TEXT } from '../shapes.js';
import { TOTAL_COUNT } from '../total-count.js';

export const Creator = builder.prismaNode('Creator', {
  description: 'Who is paid.',
  id: { field: 'id' },
  nullable: true,
  // A creator finds itself; for everybody else's id the answer is that of an id that does not exist. By the id alone:
  // so Prisma reads many by one query.
  findUnique: (id, { viewer }) => ({ id: viewer && (scopeOf(viewer) ?? id) === id ? id : '' }),
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
    locale: t.exposeString('locale', {
      nullable: true,
      description:
        'How the creator reads amounts and dates in e-mails, such as `de-DE`; null: as the settings say.',
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

const CreatorConnection = builder.connectionObject(
  {
    type: Creator,
    name: 'QueryCreatorsConnection',
    description: 'A page of creators.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({
    type: Creator,
    name: 'QueryCreatorsConnectionEdge',
    description: 'A creator in a list.',
  }),
);

const CreatorFilter = builder.inputType('CreatorFilter', {
  description: 'Which creators; all conditions hold together.',
  fields: (t) => ({
    search: t.string({
      validate: TEXT,
      description: "By how the name or the e-mail begins, or by the platform's whole id.",
    }),
    transfersEnabled: t.boolean({ description: 'Whether Stripe lets them receive transfers.' }),
  }),
});

builder.queryField('creators', (t) =>
  t.withAuth({ admin: true }).field({
    type: CreatorConnection,
    nullable: true,
    description: 'All creators, newest first.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: CreatorFilter, description: 'Which; without it all.' }),
    },
    resolve: (_root, { filter, ...page }, { services: { pool, prisma } }) =>
      connect<CreatorModel>(page, {
        name: 'creators',
        placeOf: ({ createdAt, id }) => ({ time: createdAt, id }),
        read: async (seek) => inOrder(prisma, await findCreators(pool, filter ?? {}, seek)),
        count: () => countCreators(pool, filter ?? {}),
      }),
  }),
);

async function inOrder(
  prisma: GraphQLContext['services']['prisma'],
  ids: readonly string[],
): Promise<CreatorModel[]> {
  const found = await prisma.creator.findMany({ where: { id: { in: [...ids] } } });
  const byId = new Map(found.map((creator) => [creator.id, creator]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
