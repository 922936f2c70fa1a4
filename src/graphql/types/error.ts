// Expected failures as results: one interface, one type for each code.
import {
  AmountAboveMaximumError,
  AmountBelowMinimumError,
  ApproverIsRequesterError,
  CreatorNotReadyError,
  IdempotencyConflictError,
  InvalidInputError,
  InvalidTransitionError,
  NotFoundError,
  type PayoutError,
  StatementOverdrawnError,
  StripeUnavailableError,
  TotalChangedError,
} from '../../payouts/errors.js';
import { builder } from '../builder.js';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'What went wrong, for programs.',
  values: {
    INVALID_INPUT: { description: 'A value cannot be meant; `path` names it.' },
    NOT_FOUND: { description: 'What the input names does not exist.' },
    AMOUNT_BELOW_MINIMUM: { description: 'Less than the smallest payout.' },
    AMOUNT_ABOVE_MAXIMUM: { description: 'More than the largest payout.' },
    STATEMENT_OVERDRAWN: { description: 'More than what is left of the royalty statement.' },
    CREATOR_NOT_READY: { description: 'The creator cannot receive transfers yet.' },
    INVALID_TRANSITION: { description: 'It is in a status from which this cannot be done.' },
    APPROVER_IS_REQUESTER: { description: 'Who asked for the payout cannot approve it as well.' },
    IDEMPOTENCY_CONFLICT: { description: 'The key was used before, with other input.' },
    STRIPE_UNAVAILABLE: { description: 'Stripe does not answer, or refuses us: nothing was changed.' },
    TOTAL_CHANGED: { description: 'The total is not the previewed one any more.' },
  },
});

const ErrorInterface = builder.interfaceRef<PayoutError>('Error').implement({
  description: 'An expected failure: something that the caller can do something about.',
  fields: (t) => ({
    code: t.field({ type: ErrorCode, description: 'For programs.', resolve: (error) => error.code }),
    message: t.exposeString('message', { description: 'For people: what is wrong and what to do.' }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'A value cannot be meant.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    path: t.stringList({
      description: 'The input field, from the outside in.',
      resolve: (e) => [...e.inputPath],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'What the input names does not exist.',
  interfaces: [ErrorInterface],
});

builder.objectType(AmountBelowMinimumError, {
  name: 'AmountBelowMinimumError',
  description: 'Less than the smallest payout.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ minimumCents: t.exposeInt('minimumCents', { description: 'The smallest payout.' }) }),
});

builder.objectType(AmountAboveMaximumError, {
  name: 'AmountAboveMaximumError',
  description: 'More than the largest payout.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ maximumCents: t.exposeInt('maximumCents', { description: 'The largest payout.' }) }),
});

builder.objectType(StatementOverdrawnError, {
  name: 'StatementOverdrawnError',
  description: 'More than what is left of the royalty statement.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ availableCents: t.exposeInt('availableCents', { description: 'What is left of it.' }) }),
});

builder.objectType(CreatorNotReadyError, {
  name: 'CreatorNotReadyError',
  description: 'The creator cannot receive transfers yet.',
  interfaces: [ErrorInterface],
});

builder.objectType(InvalidTransitionError, {
  name: 'InvalidTransitionError',
  description: 'It is in a status from which this cannot be done.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ status: t.exposeString('status', { description: 'The status that it is in.' }) }),
});

builder.objectType(ApproverIsRequesterError, {
  name: 'ApproverIsRequesterError',
  description: 'Who asked for the payout cannot approve it as well.',
  interfaces: [ErrorInterface],
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was used before, with other input.',
  interfaces: [ErrorInterface],
});

builder.objectType(TotalChangedError, {
  name: 'TotalChangedError',
  description: 'The total of the run, or its count, is not the previewed one any more.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    totalCents: t.field({ type: 'SafeInt', description: 'The total now.', resolve: (e) => e.totalCents }),
    payoutCount: t.exposeInt('payoutCount', { description: 'How many payouts it would make now.' }),
  }),
});

builder.objectType(StripeUnavailableError, {
  name: 'StripeUnavailableError',
  description: 'Stripe does not answer, or refuses us: nothing was changed.',
  interfaces: [ErrorInterface],
});
