/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What is known of a request to Stripe. */
export type AttemptOutcome =
  /** Stripe definitely refused it. */
  | 'REJECTED'
  /** Sent, or about to be; no answer yet. */
  | 'STARTED'
  /** It made the transfer. */
  | 'SUCCEEDED'
  /** No clear answer came: the transfer may exist. It is being found out. */
  | 'UNKNOWN';

/** A payment to one creator. */
export type CreatePayoutInput = {
  /** How much, in cents of the payout currency. */
  amountCents: number;
  /** Who is paid. */
  creatorId: string | number;
  /** Your own key, 1 to 255 characters: asking again with it gives the same payout. */
  idempotencyKey: string;
  /** Why, at most 1000 characters: kept in the audit; creators never see it. */
  reason?: string | null | undefined;
  /** The creator's statement that it is paid from; it is never overdrawn. */
  royaltyStatementId?: string | number | null | undefined;
};

/** Pays what was previewed. */
export type CreatePayoutRunInput = {
  /** The digest of the preview: where it is given, the run pays the very statements that it was made of, or refuses. */
  expectedDigest?: string | null | undefined;
  /** The count of the preview: where it is given, the run makes exactly so many payouts or refuses. */
  expectedPayoutCount?: number | null | undefined;
  /** The total of the preview: the run pays exactly that or refuses. */
  expectedTotalCents: number;
  /** Your own key, 1 to 255 characters: asking again with it pays nothing twice. */
  idempotencyKey: string;
  /** The last day, included. */
  periodEnd: string;
  /** The first day. */
  periodStart: string;
  /** Why, at most 1000 characters: kept in the audit. */
  reason?: string | null | undefined;
};

/** What went wrong, for programs. */
export type ErrorCode =
  /** More than the largest payout. */
  | 'AMOUNT_ABOVE_MAXIMUM'
  /** Less than the smallest payout. */
  | 'AMOUNT_BELOW_MINIMUM'
  /** Who asked for the payout cannot approve it as well. */
  | 'APPROVER_IS_REQUESTER'
  /** The creator cannot receive transfers yet. */
  | 'CREATOR_NOT_READY'
  /** The key was used before, with other input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** A value cannot be meant; `path` names it. */
  | 'INVALID_INPUT'
  /** It is in a status from which this cannot be done. */
  | 'INVALID_TRANSITION'
  /** What the input names does not exist. */
  | 'NOT_FOUND'
  /** More than what is left of the royalty statement. */
  | 'STATEMENT_OVERDRAWN'
  /** Stripe does not answer, or refuses us: nothing was changed. */
  | 'STRIPE_UNAVAILABLE'
  /** The total is not the previewed one any more. */
  | 'TOTAL_CHANGED';

/** Why a statement is left out of a run. */
export type PayoutRunExclusionReason =
  /** More is left than the largest payout. */
  | 'ABOVE_MAXIMUM'
  /** Nothing is left of it: it is paid, or being paid. */
  | 'ALREADY_PAID'
  /** Less is left than the smallest payout. */
  | 'BELOW_MINIMUM'
  /** The creator cannot receive transfers yet. */
  | 'CREATOR_NOT_READY'
  /** An admin holds a payout of it: release or reject that first. */
  | 'HELD'
  /** An admin rejected its last payout: only `createPayout` pays it again. */
  | 'REJECTED'
  /** All of its last payout was taken back at Stripe: `retryPayout` or `createPayout` pays it again. */
  | 'TAKEN_BACK';

/** The statements that lie in this period as a whole. */
export type PayoutRunInput = {
  /** The last day, included. */
  periodEnd: string;
  /** The first day. */
  periodStart: string;
};

/** Where a payout stands. */
export type PayoutStatus =
  /** The money is in the creator's Stripe balance. */
  | 'COMPLETED'
  /** Stripe refused; `nextAttemptAt` says whether it is tried again by itself. */
  | 'FAILED'
  /** Waits for a worker. */
  | 'PENDING'
  /** The transfer is being made, or its outcome is being found out. */
  | 'PROCESSING';

export type CreatorsQueryVariables = Exact<{ [key: string]: never; }>;


export type CreatorsQuery = { creators: { nodes: Array<{ id: string, externalId: string | null, displayName: string, transfersEnabled: boolean }> } | null };

export type CreateMutationVariables = Exact<{
  input: CreatePayoutInput;
}>;


export type CreateMutation = { createPayout:
    | { __typename: 'AmountAboveMaximumError', code: ErrorCode, message: string }
    | { __typename: 'AmountBelowMinimumError', code: ErrorCode, message: string }
    | { __typename: 'CreatePayoutPayload', replayed: boolean, payout: { id: string, reference: string, status: PayoutStatus, amountCents: number, currency: string } }
    | { __typename: 'CreatorNotReadyError', code: ErrorCode, message: string }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'StatementOverdrawnError', code: ErrorCode, message: string }
   | null };

export type ChangesSubscriptionVariables = Exact<{
  payoutIds?: Array<string | number> | string | number | null | undefined;
}>;


export type ChangesSubscription = { payoutStatusChanged: { cursor: string, previousStatus: PayoutStatus | null, status: PayoutStatus, payout: { reference: string, status: PayoutStatus } } };

export type PreviewQueryVariables = Exact<{
  input: PayoutRunInput;
}>;


export type PreviewQuery = { payoutRunPreview: { payoutCount: number, totalCents: number, excluded: Array<{ reason: PayoutRunExclusionReason, statementCount: number, totalCents: number }> } | null };

export type RunMutationVariables = Exact<{
  input: CreatePayoutRunInput;
}>;


export type RunMutation = { createPayoutRun:
    | { __typename: 'CreatePayoutRunPayload', payoutCount: number, totalCents: number, replayed: boolean }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'TotalChangedError', code: ErrorCode, message: string }
   | null };

export type StatesQueryVariables = Exact<{ [key: string]: never; }>;


export type StatesQuery = { payouts: { totalCount: number, nodes: Array<{ reference: string, status: PayoutStatus, stripeTransferId: string | null, attempts: Array<{ number: number, outcome: AttemptOutcome, sends: number }> | null, royaltyStatement: { externalId: string | null } | null }> } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const CreatorsDocument = new TypedDocumentString(`
    query Creators {
  creators(first: 10) {
    nodes {
      id
      externalId
      displayName
      transfersEnabled
    }
  }
}
    `) as unknown as TypedDocumentString<CreatorsQuery, CreatorsQueryVariables>;
export const CreateDocument = new TypedDocumentString(`
    mutation Create($input: CreatePayoutInput!) {
  createPayout(input: $input) {
    __typename
    ... on CreatePayoutPayload {
      replayed
      payout {
        id
        reference
        status
        amountCents
        currency
      }
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CreateMutation, CreateMutationVariables>;
export const ChangesDocument = new TypedDocumentString(`
    subscription Changes($payoutIds: [ID!]) {
  payoutStatusChanged(filter: {payoutIds: $payoutIds}) {
    cursor
    previousStatus
    status
    payout {
      reference
      status
    }
  }
}
    `) as unknown as TypedDocumentString<ChangesSubscription, ChangesSubscriptionVariables>;
export const PreviewDocument = new TypedDocumentString(`
    query Preview($input: PayoutRunInput!) {
  payoutRunPreview(input: $input) {
    payoutCount
    totalCents
    excluded {
      reason
      statementCount
      totalCents
    }
  }
}
    `) as unknown as TypedDocumentString<PreviewQuery, PreviewQueryVariables>;
export const RunDocument = new TypedDocumentString(`
    mutation Run($input: CreatePayoutRunInput!) {
  createPayoutRun(input: $input) {
    __typename
    ... on CreatePayoutRunPayload {
      payoutCount
      totalCents
      replayed
    }
    ... on Error {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RunMutation, RunMutationVariables>;
export const StatesDocument = new TypedDocumentString(`
    query States {
  payouts(first: 100) {
    totalCount
    nodes {
      reference
      status
      stripeTransferId
      attempts {
        number
        outcome
        sends
      }
      royaltyStatement {
        externalId
      }
    }
  }
}
    `) as unknown as TypedDocumentString<StatesQuery, StatesQueryVariables>;