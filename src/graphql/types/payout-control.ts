// What keeps a payout from being sent: for admins who decided what, for creators a plain sentence.
import { type Approval, approvalsOf, noticesOf } from '../../payouts/standing.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { Payout } from './payout.js';

const PayoutControl = builder.enumType('PayoutControl', {
  description: 'What an admin has decided about a payout.',
  values: {
    HELD: { description: 'It is not sent by any path until it is released.' },
    REJECTED: { description: 'It has ended unsent, and is never tried again.' },
  },
});

const PayoutApproval = builder.objectRef<Approval>('PayoutApproval').implement({
  description: 'Whether a second admin has to approve the payout, and whether one has.',
  fields: (t) => ({
    required: t.exposeBoolean('required', {
      description:
        'The amount is above `PAYOUT_APPROVAL_ABOVE_CENTS`, as it was when the money was asked for, or as a worker had it that was ' +
        'about to send it.',
    }),
    approvedBy: t.exposeString('approvedBy', {
      nullable: true,
      description: 'The `sub` of who approved it last; null: nobody did.',
    }),
    approvedAt: t.expose('approvedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was approved.',
    }),
    amountCents: t.exposeInt('amountCents', {
      nullable: true,
      description: 'The amount that was approved; null also where a payment has used the approval up.',
    }),
    destination: t.exposeString('destination', {
      nullable: true,
      description: 'The Stripe account that it was approved for.',
    }),
    currentDestination: t.exposeString('currentDestination', {
      nullable: true,
      description:
        'The Stripe account that an approval of now would be for; null: the creator has none. Send it as `expectedDestination`.',
    }),
    voided: t.exposeBoolean('voided', {
      description:
        'It was approved, and that does not hold any more: the amount or the account is another one now, or the payment ' +
        'was made and came back.',
    }),
  }),
});

builder.objectFields(Payout, (t) => ({
  control: t.expose('control', {
    type: PayoutControl,
    nullable: true,
    description: 'What an admin has decided; null: it goes its way. For admins.',
    authScopes: { admin: true },
  }),
  heldReason: t.string({
    nullable: true,
    description: 'Why it is held, in the words of who holds it. For admins.',
    authScopes: { admin: true },
    resolve: ({ control, controlReason }) => (control === 'HELD' ? controlReason : null),
  }),
  approval: t.loadable({
    type: PayoutApproval,
    nullable: true,
    description: 'Whether it has to be approved, and whether it is, as of now. For admins.',
    authScopes: { admin: true },
    ...BATCHED,
    load: (ids: string[], { services }) => approvalsOf(services.pool, ids),
    resolve: ({ id }) => id,
  }),
  notice: t.loadable({
    type: 'String',
    nullable: true,
    description:
      'A plain sentence where somebody keeps it from being sent, as of now; null where nobody does.',
    ...BATCHED,
    load: (ids: string[], { services }) => noticesOf(services.pool, ids),
    resolve: ({ id }) => id,
  }),
}));
