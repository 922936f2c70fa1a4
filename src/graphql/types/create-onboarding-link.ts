// createOnboardingLink and refreshReadiness: a creator sets up its account at Stripe, and comes back.
import type { Creator as CreatorModel } from '../../generated/prisma/client.js';
import { askOfCreator } from '../../payouts/creators/new-accounts.js';
import { createOnboardingLink } from '../../payouts/creators/onboarding.js';
import {
  CreatorNotReadyError,
  InvalidInputError,
  NotFoundError,
  StripeUnavailableError,
} from '../../payouts/errors.js';
import type { OnboardingLink } from '../../payouts/ports.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { TEXT } from '../shapes.js';
import { Creator } from './creator.js';

const CreateOnboardingLinkInput = builder.inputType('CreateOnboardingLinkInput', {
  description:
    'Where Stripe sends the creator back to: pages of this service or of an origin that may call it.',
  fields: (t) => ({
    returnUrl: t.string({
      validate: TEXT,
      description: 'When the creator is done, or has had enough. Without it, the creator’s dashboard.',
    }),
    refreshUrl: t.string({
      validate: TEXT,
      description: 'When the link is spent or too old: ask for a new one there. Without it, `returnUrl`.',
    }),
  }),
});

const CreateOnboardingLinkPayload = builder
  .objectRef<OnboardingLink>('CreateOnboardingLinkPayload')
  .implement({
    description: 'A page of Stripe’s for this creator alone. Open it; do not send it by mail.',
    fields: (t) => ({
      url: t.exposeString('url', { description: 'It works once.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until then, some minutes.' }),
    }),
  });

builder.mutationField('createOnboardingLink', (t) =>
  t.withAuth({ creator: true }).field({
    type: CreateOnboardingLinkPayload,
    nullable: true,
    description:
      'A link to the pages on which Stripe asks for what it needs to pay the creator; makes the account where there is none. ' +
      'For creators.',
    errors: {
      types: [InvalidInputError, NotFoundError, CreatorNotReadyError, StripeUnavailableError],
      directResult: true,
      union: { name: 'CreateOnboardingLinkResult', description: 'The link, or why there is none.' },
    },
    args: {
      input: t.arg({ type: CreateOnboardingLinkInput, required: true, description: 'Where to go back to.' }),
    },
    resolve: (_root, { input }, context) => {
      const { returnUrl, refreshUrl } = input;
      const urls = { ...(returnUrl && { returnUrl }), ...(refreshUrl && { refreshUrl }) };
      const { creatorId } = context.viewer;
      return createOnboardingLink(context.services.onboarding, creatorId, urls, actorOf(context));
    },
  }),
);

const RefreshReadinessPayload = builder
  .objectRef<{ creator: CreatorModel }>('RefreshReadinessPayload')
  .implement({
    description: 'The creator, as Stripe has it now.',
    fields: (t) => ({
      creator: t.field({
        type: Creator,
        description: 'With its readiness.',
        resolve: ({ creator }) => creator,
      }),
    }),
  });

builder.mutationField('refreshReadiness', (t) =>
  t.withAuth({ creator: true }).field({
    type: RefreshReadinessPayload,
    nullable: true,
    description:
      'Asks Stripe how the account stands: for a creator that has just come back from there. For creators.',
    errors: {
      types: [NotFoundError, StripeUnavailableError],
      directResult: true,
      union: {
        name: 'RefreshReadinessResult',
        description: 'The creator, or why Stripe could not be asked.',
      },
    },
    resolve: async (_root, _args, context) => {
      const { services, viewer } = context;
      const { creatorId } = viewer;
      await askOfCreator(services.inbox, creatorId, actorOf(context));
      const creator = await services.prisma.creator.findUnique({ where: { id: creatorId } });
      if (!creator) throw new NotFoundError('creator');
      return { creator };
    },
  }),
);
