// Attempts: the distinct requests that were sent to Stripe for a payout. For admins.
import type { PayoutAttempt as AttemptModel } from '../../generated/prisma/client.js';
import { AttemptOutcome as Outcome } from '../../generated/prisma/enums.js';
import { builder } from '../builder.js';

const AttemptOutcome = builder.enumType('AttemptOutcome', {
  description: 'What is known of a request to Stripe.',
  values: {
    [Outcome.STARTED]: { description: 'Sent, or about to be; no answer yet.' },
    [Outcome.SUCCEEDED]: { description: 'It made the transfer.' },
    [Outcome.REJECTED]: { description: 'Stripe definitely refused it.' },
    [Outcome.UNKNOWN]: {
      description: 'No clear answer came: the transfer may exist. It is being found out.',
    },
  } as const,
});

export const PayoutAttempt = builder.objectRef<AttemptModel>('PayoutAttempt').implement({
  description: 'One distinct request to Stripe.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'The first is 1.' }),
    outcome: t.expose('outcome', { type: AttemptOutcome, description: 'What is known of it.' }),
    errorCode: t.exposeString('errorCode', { nullable: true, description: "Stripe's code." }),
    errorMessage: t.exposeString('errorMessage', { nullable: true, description: "Stripe's words." }),
    stripeRequestId: t.exposeString('stripeRequestId', {
      nullable: true,
      description: "For Stripe's support and its log.",
    }),
    sends: t.exposeInt('sends', { description: 'How often it was sent under its key.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When a worker took it up.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its outcome was certain.',
    }),
  }),
});
