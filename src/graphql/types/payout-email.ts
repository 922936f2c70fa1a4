// E-mails: what a payout's creator was told. For admins.
import type { Email as EmailModel } from '../../generated/prisma/client.js';
import { EmailState as State, EmailTemplate as Template } from '../../generated/prisma/enums.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { Payout } from './payout.js';

const EmailTemplate = builder.enumType('EmailTemplate', {
  description: 'What an e-mail tells.',
  values: {
    [Template.PAYOUT_INITIATED]: { description: 'The payout was created.' },
    [Template.PAYOUT_COMPLETED]: { description: "The money is in the creator's Stripe balance." },
    [Template.PAYOUT_FAILED]: { description: 'It failed, and is not tried again by itself.' },
    [Template.PAYOUT_RETRYING]: {
      description: 'It failed and is tried again, or an admin had it tried again.',
    },
  } as const,
});

const EmailState = builder.enumType('EmailState', {
  description: 'What became of an e-mail.',
  values: {
    [State.PENDING]: { description: 'It waits to be sent, for the first time or once more.' },
    [State.SENT]: { description: 'The mail server took it.' },
    [State.CAPTURED]: { description: 'No mail server is set: it was kept to be looked at.' },
    [State.FAILED]: { description: 'The mail server refused it, and it is given up.' },
  } as const,
});

export const PayoutEmail = builder.objectRef<EmailModel>('PayoutEmail').implement({
  description: "One e-mail to a payout's creator.",
  fields: (t) => ({
    template: t.expose('template', { type: EmailTemplate, description: 'What it tells.' }),
    state: t.expose('state', { type: EmailState, description: 'What became of it.' }),
    attempts: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'What was last wrong with it: codes of the mail server, and no address.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was taken from the log.' }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the mail server took it.',
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried next; null: it has ended.',
    }),
  }),
});

builder.objectField(Payout, 'emails', (t) =>
  t.loadableGroup({
    type: PayoutEmail,
    nullable: true,
    description: 'What its creator was told by e-mail, oldest first. For admins.',
    authScopes: { admin: true },
    ...BATCHED,
    load: (ids: string[], { services: { prisma } }) =>
      prisma.email.findMany({ where: { payoutId: { in: ids } }, orderBy: { id: 'asc' } }),
    group: ({ payoutId }) => payoutId,
    resolve: ({ id }) => id,
  }),
);
