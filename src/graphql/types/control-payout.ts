// holdPayout, releasePayout, approvePayout, rejectPayout: what admins decide before money leaves.

import type { Actor } from '../../payouts/actor.js';
import type { ApprovalOf } from '../../payouts/control/checks.js';
import {
  approvePayout,
  type ControlDeps,
  holdPayout,
  rejectPayout,
  releasePayout,
} from '../../payouts/control/decide.js';
import {
  ApproverIsRequesterError,
  CreatorNotReadyError,
  InvalidInputError,
  InvalidTransitionError,
  NotFoundError,
} from '../../payouts/errors.js';
import type { PayoutRow } from '../../payouts/row.js';
import { actorOf } from '../actor.js';
import { builder } from '../builder.js';
import { REASON, TEXT } from '../shapes.js';
import { Payout } from './payout.js';

interface Control {
  /** The mutation is `<verb>Payout`, its types are named after it. */
  verb: 'hold' | 'release' | 'approve' | 'reject';
  description: string;
  /** What the result says where it is the payout. */
  done: string;
  /** What it says where it is an error. */
  not: string;
  decide(deps: ControlDeps, decision: ApprovalOf, actor: Actor): Promise<PayoutRow>;
}

const CONTROLS: readonly Control[] = [
  {
    verb: 'hold',
    description:
      'Keeps a payout from being sent, by any path, until it is released. One whose request is under way cannot be held. ' +
      'For admins.',
    done: 'The payout, held.',
    not: 'The payout, or why it is not held.',
    decide: holdPayout,
  },
  {
    verb: 'release',
    description: 'Lets a payout that was held go on. For admins.',
    done: 'The payout, on its way again.',
    not: 'The payout, or why it is not released.',
    decide: releasePayout,
  },
  {
    verb: 'approve',
    description:
      'Lets a payout above the limit be sent: this amount, to the Stripe account that the creator has now; a change of ' +
      'either voids it. For admins, save the one who asked for the payout.',
    done: 'The payout, approved.',
    not: 'The payout, or why it is not approved.',
    decide: approvePayout,
  },
  {
    verb: 'reject',
    description:
      'Ends a payout that is not sent: it is FAILED with the code `rejected`, is never tried again, and its part of the ' +
      'royalty statement is free. For admins.',
    done: 'The payout, at its end.',
    not: 'The payout, or why it is not rejected.',
    decide: rejectPayout,
  },
];

for (const { verb, description, done, not, decide } of CONTROLS) {
  const name = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Payout`;
  const Input = builder.inputType(`${name}Input`, {
    description: 'Which payout, and why.',
    fields: (t) => ({
      payoutId: t.globalID({ required: true, for: Payout, description: 'The payout.' }),
      reason: t.string({
        required: true,
        validate: REASON,
        description: 'Why: admins read it, the audit keeps it, the creator never sees it.',
      }),
      ...(verb === 'approve' && {
        expectedAmountCents: t.int({
          description:
            'The amount that you saw. Another one by now: nothing is approved, and `INVALID_INPUT` says so.',
        }),
        expectedDestination: t.string({
          validate: TEXT,
          description:
            'The Stripe account that you saw, `approval.currentDestination`. Another one by now: nothing is approved.',
        }),
      }),
    }),
  });
  const Payload = builder.objectRef<{ payout: PayoutRow }>(`${name}Payload`).implement({
    description: done,
    fields: (t) => ({
      payout: t.field({ type: Payout, description: 'As it stands now.', resolve: ({ payout }) => payout }),
    }),
  });
  const approving = verb === 'approve' ? [ApproverIsRequesterError, CreatorNotReadyError] : [];
  builder.mutationField(`${verb}Payout`, (t) =>
    t.withAuth({ admin: true }).field({
      type: Payload,
      nullable: true,
      description,
      errors: {
        types: [InvalidInputError, NotFoundError, InvalidTransitionError, ...approving],
        directResult: true,
        union: { name: `${name}Result`, description: not },
      },
      args: { input: t.arg({ type: Input, required: true, description: 'Which one, and why.' }) },
      resolve: async (_root, { input }, context) => ({
        payout: await decide(context.services, { ...input, payoutId: input.payoutId.id }, actorOf(context)),
      }),
    }),
  );
}
