// Who asks.
import type { Viewer } from '../../payouts/viewer.js';
import { builder } from '../builder.js';
import { Creator } from './creator.js';

const Role = builder.enumType('Role', {
  description: 'What a token allows.',
  values: {
    ADMIN: { description: 'Sees everything, creates and retries payouts.' },
    CREATOR: { description: 'Sees its own payouts.' },
  },
});

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who asks.',
  fields: (t) => ({
    role: t.field({ type: Role, description: 'What the token allows.', resolve: ({ role }) => role }),
    creator: t.prismaField({
      type: Creator,
      nullable: true,
      description: 'The creator that the token belongs to; null for admins.',
      resolve: (query, viewer, _args, { services }) =>
        viewer.role === 'CREATOR'
          ? services.prisma.creator.findUnique({ ...query, where: { id: viewer.creatorId } })
          : null,
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ViewerType,
    description: 'Who asks, as the token says.',
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
