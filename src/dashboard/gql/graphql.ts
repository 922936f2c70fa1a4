/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Which alerts; all conditions hold together. */
export type AlertFilter = {
  /** Those that are open, or those that are resolved. */
  open?: boolean | null | undefined;
  /** Raised by this rule. */
  rule?: AlertRule | null | undefined;
};

/** What alerts are raised for. */
export type AlertRule =
  /** E-mails do not reach a creator, or the mail server cannot be used. */
  | 'email_failed'
  /** Too many of the payouts that ended lately have failed. */
  | 'failure_rate_high'
  /** A payout failed and is not tried again by itself. */
  | 'max_retries_exceeded'
  /** A payout is PROCESSING for longer than it may be. */
  | 'payout_stuck'
  /** There is too little money at Stripe for what is due. */
  | 'platform_balance_low'
  /** Our books and Stripe's differ. */
  | 'reconciliation_mismatch'
  /** Stripe refuses our configuration; processing is paused. */
  | 'stripe_configuration'
  /** An event of Stripe was set aside: it fits nothing that we know. */
  | 'webhook_quarantined';

/** How long one step of an analysis is; in UTC. */
export type AnalyticsInterval =
  /** From midnight to midnight. */
  | 'DAY'
  /** From the first to the first. */
  | 'MONTH'
  /** From Monday to Monday. */
  | 'WEEK';

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

/** Where Stripe sends the creator back to: pages of this service or of an origin that may call it. */
export type CreateOnboardingLinkInput = {
  /** When the link is spent or too old: ask for a new one there. Without it, `returnUrl`. */
  refreshUrl?: string | null | undefined;
  /** When the creator is done, or has had enough. Without it, the creator’s dashboard. */
  returnUrl?: string | null | undefined;
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

/** Which creators; all conditions hold together. */
export type CreatorFilter = {
  /** By how the name or the e-mail begins, or by the platform's whole id. */
  search?: string | null | undefined;
  /** Whether Stripe lets them receive transfers. */
  transfersEnabled?: boolean | null | undefined;
};

/** Where a creator stands on the way to being paid. */
export type CreatorReadinessState =
  /** The creator must hand something in: `createOnboardingLink` leads there. */
  | 'ACTION_NEEDED'
  /** Everything was handed in, and Stripe looks at it. */
  | 'IN_REVIEW'
  /** There is no account at Stripe yet: `createOnboardingLink` makes one. */
  | 'NOT_STARTED'
  /** Transfers can be received. */
  | 'READY'
  /** Stripe has turned the account down: only its support can help. */
  | 'REFUSED';

/** Moments between two limits. */
export type DateTimeRange = {
  /** This moment or later. */
  gte?: string | null | undefined;
  /** Before this moment. */
  lt?: string | null | undefined;
};

/** How our books and Stripe's differ. */
export type DifferenceKind =
  /** A live transfer of another amount than its payout's. */
  | 'amount_mismatch'
  /** A live transfer in another currency than its payout's. */
  | 'currency_mismatch'
  /** A live transfer to an account that its payout was never sent to. */
  | 'destination_mismatch'
  /** More than one live transfer of one payout: it was paid twice. */
  | 'duplicate_transfer'
  /** Ours is COMPLETED, and Stripe has no such transfer. */
  | 'missing_transfer'
  /** Ours is under way for too long, and Stripe has no transfer of it. */
  | 'outcome_overdue'
  /** A live transfer of a payout that is FAILED or PENDING. */
  | 'transfer_of_failed_payout'
  /** A live transfer that no payout of ours made. */
  | 'unknown_transfer'
  /** More of a transfer was taken back than we knew. */
  | 'unrecorded_reversal'
  /** Ours is under way, and its transfer is there. */
  | 'unrecorded_transfer'
  /** Ours is COMPLETED by one transfer; the one that lives is another. */
  | 'wrong_transfer_recorded';

/** What became of an e-mail. */
export type EmailState =
  /** No mail server is set: it was kept to be looked at. */
  | 'CAPTURED'
  /** The mail server refused it, and it is given up. */
  | 'FAILED'
  /** It waits to be sent, for the first time or once more. */
  | 'PENDING'
  /** The mail server took it. */
  | 'SENT';

/** What an e-mail tells. */
export type EmailTemplate =
  /** The money is in the creator's Stripe balance. */
  | 'PAYOUT_COMPLETED'
  /** It failed, and is not tried again by itself. */
  | 'PAYOUT_FAILED'
  /** The payout was created. */
  | 'PAYOUT_INITIATED'
  /** It failed and is tried again, or an admin had it tried again. */
  | 'PAYOUT_RETRYING';

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

/** Whole numbers between two limits. */
export type IntRange = {
  /** This or more. */
  gte?: number | null | undefined;
  /** This or less. */
  lte?: number | null | undefined;
};

/** Which end comes first. */
export type OrderDirection =
  /** The least first. */
  | 'ASC'
  /** The greatest first. */
  | 'DESC';

/** What an admin has decided about a payout. */
export type PayoutControl =
  /** It is not sent by any path until it is released. */
  | 'HELD'
  /** It has ended unsent, and is never tried again. */
  | 'REJECTED';

/** Which payouts; all conditions hold together. */
export type PayoutFilter = {
  /** By amount, in cents. */
  amountCents?: IntRange | null | undefined;
  /** Whether it waits for an approval; for creators, whether it is being checked. */
  awaitingApproval?: boolean | null | undefined;
  /** By the moment of creation. */
  createdAt?: DateTimeRange | null | undefined;
  /** Of this creator. */
  creatorId?: string | number | null | undefined;
  /** Whether an admin holds it; for creators, whether it is being checked. */
  held?: boolean | null | undefined;
  /** Made by this run. */
  payoutRunId?: string | number | null | undefined;
  /** Paid from this statement. */
  royaltyStatementId?: string | number | null | undefined;
  /** By the payout's reference; for admins also by its Stripe transfer, or how the creator's name or e-mail begins. */
  search?: string | null | undefined;
  /** By status. */
  status?: PayoutStatusFilter | null | undefined;
};

/** How payouts are ordered; without it the newest come first. */
export type PayoutOrder = {
  /** Which end comes first. */
  direction: OrderDirection;
  /** By what. */
  field: PayoutOrderField;
};

/** What payouts are ordered by; the id breaks ties. */
export type PayoutOrderField =
  /** How much it is. */
  | 'AMOUNT_CENTS'
  /** When it was created. */
  | 'CREATED_AT'
  /** When it last changed. */
  | 'UPDATED_AT';

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

/** Where a payout of a run stands. */
export type PayoutRunStage =
  /** It waits for an approval. */
  | 'AWAITING_APPROVAL'
  /** The money is in the creator's Stripe balance. */
  | 'COMPLETED'
  /** It has failed, and is not tried again by itself. */
  | 'FAILED'
  /** An admin holds it. */
  | 'HELD'
  /** Waits for a worker. */
  | 'PENDING'
  /** The transfer is being made, or its outcome is being found out. */
  | 'PROCESSING'
  /** Stripe refused; it is tried again by itself. */
  | 'RETRYING';

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

/** By status. */
export type PayoutStatusFilter = {
  /** Any of these. */
  in?: Array<PayoutStatus> | null | undefined;
};

/** Which differences. */
export type ReconciliationItemFilter = {
  /** In this state. */
  state?: ReconciliationItemState | null | undefined;
};

/** What has become of a difference. */
export type ReconciliationItemState =
  /** Somebody must look at it. */
  | 'OPEN'
  /** It was mended by the run that found it. */
  | 'REPAIRED'
  /** Somebody has dealt with it, or a later run found it gone. */
  | 'RESOLVED';

/** Where a run stands. */
export type ReconciliationStatus =
  /** Everything of the period was compared. */
  | 'COMPLETED'
  /** It ended before everything was compared; `error` says why. */
  | 'FAILED'
  /** Waits for a worker. */
  | 'QUEUED'
  /** A worker compares. */
  | 'RUNNING';

/** Which difference to mend, and why. */
export type RepairReconciliationItemInput = {
  /** An open difference. */
  itemId: string | number;
  /** Why, at most 1000 characters: kept in the audit. */
  reason: string;
};

/** Which difference, and what became of it. */
export type ResolveReconciliationItemInput = {
  /** An open difference. */
  itemId: string | number;
  /** What was done about it; for the audit. */
  resolution: string;
};

/** What a token allows. */
export type Role =
  /** Sees everything, creates and retries payouts. */
  | 'ADMIN'
  /** Sees its own payouts. */
  | 'CREATOR';

/** The period; without it the last three days. */
export type RunReconciliationInput = {
  /** From this moment on; without it three days before `to`. */
  from?: string | null | undefined;
  /** Why, at most 1000 characters: kept in the audit. */
  reason?: string | null | undefined;
  /** Before this moment; without it now. */
  to?: string | null | undefined;
};

/** Which events; all conditions hold together. */
export type WebhookEventFilter = {
  /** Those of which this became. */
  outcome?: WebhookOutcome | null | undefined;
  /** Of exactly this type of Stripe. */
  type?: string | null | undefined;
};

/** What became of an event. */
export type WebhookOutcome =
  /** It changed what it tells of, or that had come already. */
  | 'applied'
  /** It could not be applied, however often that was tried. Somebody must look. */
  | 'failed'
  /** It tells of nothing of ours. */
  | 'ignored'
  /** Not applied yet, or to be applied once more. */
  | 'pending'
  /** Set aside: it fits nothing that we know. Somebody must look. */
  | 'quarantined';

export type AdminStartQueryVariables = Exact<{ [key: string]: never; }>;


export type AdminStartQuery = { __typename: 'Query', viewer: { __typename: 'Viewer', role: Role }, processing: { __typename: 'Processing', paused: boolean, reason: string | null, changedBy: string | null, changedAt: string } | null, payouts: { __typename: 'PayoutConnection', nodes: Array<{ __typename: 'Payout', id: string, history: Array<{ __typename: 'PayoutStatusChange', cursor: string }> }> } | null, alerts: { __typename: 'AlertConnection', totalCount: number, nodes: Array<{ __typename: 'Alert', id: string }> } | null };

export type AdminStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type AdminStatusQuery = { __typename: 'Query', processing: { __typename: 'Processing', paused: boolean, reason: string | null, changedBy: string | null, changedAt: string } | null, alerts: { __typename: 'AlertConnection', totalCount: number, nodes: Array<{ __typename: 'Alert', id: string }> } | null };

export type StandingsQueryVariables = Exact<{
  creatorId?: string | number | null | undefined;
}>;


export type StandingsQuery = { __typename: 'Query', payoutSummary: { __typename: 'PayoutSummary', asOf: string, currency: string, pending: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, processing: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, completed: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, failed: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, retrying: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, thisMonth: { __typename: 'PayoutFigures', createdCount: number, createdCents: number, completedCount: number, completedCents: number, failedCount: number, failedCents: number, retryCount: number, successRate: number | null, failureRate: number | null, averageProcessingSeconds: number | null }, allTime: { __typename: 'PayoutFigures', createdCount: number, createdCents: number, completedCount: number, completedCents: number, failedCount: number, failedCents: number, retryCount: number, successRate: number | null, failureRate: number | null, averageProcessingSeconds: number | null } } | null };

export type AnalyticsQueryVariables = Exact<{
  from: string;
  to: string;
  interval: AnalyticsInterval;
}>;


export type AnalyticsQuery = { __typename: 'Query', payoutAnalytics: { __typename: 'PayoutAnalytics', asOf: string, currency: string, interval: AnalyticsInterval, total: { __typename: 'PayoutFigures', createdCount: number, createdCents: number, completedCount: number, completedCents: number, failedCount: number, failedCents: number, retryCount: number, successRate: number | null, failureRate: number | null, averageProcessingSeconds: number | null }, buckets: Array<{ __typename: 'PayoutAnalyticsBucket', from: string, to: string, figures: { __typename: 'PayoutFigures', createdCount: number, createdCents: number, completedCount: number, completedCents: number, failedCount: number, failedCents: number, retryCount: number, successRate: number | null, failureRate: number | null, averageProcessingSeconds: number | null } }> } | null };

export type OpenAlertsQueryVariables = Exact<{
  first: number;
}>;


export type OpenAlertsQuery = { __typename: 'Query', alerts: { __typename: 'AlertConnection', totalCount: number, nodes: Array<{ __typename: 'Alert', id: string, rule: AlertRule, key: string, message: string, occurrences: number, openedAt: string, updatedAt: string, resolvedAt: string | null, acknowledgedAt: string | null, acknowledgedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string } | null }> } | null };

export type PayoutsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: PayoutFilter | null | undefined;
  orderBy?: PayoutOrder | null | undefined;
}>;


export type PayoutsQuery = { __typename: 'Query', payouts: { __typename: 'PayoutConnection', nodes: Array<{ __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, creator: { __typename: 'Creator', id: string, displayName: string } }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type PayoutPageQueryVariables = Exact<{
  id: string | number;
}>;


export type PayoutPageQuery = { __typename: 'Query', payout: { __typename: 'Payout', stripeTransferId: string | null, lastRetryAt: string | null, id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, control: PayoutControl | null, heldReason: string | null, creator: { __typename: 'Creator', id: string, displayName: string, email: string | null, transfersEnabled: boolean }, royaltyStatement: { __typename: 'RoyaltyStatement', id: string, externalId: string | null, periodStart: string, periodEnd: string, amountCents: number, currency: string } | null, history: Array<{ __typename: 'PayoutStatusChange', cursor: string, previousStatus: PayoutStatus | null, status: PayoutStatus, reason: string | null, occurredAt: string }>, attempts: Array<{ __typename: 'PayoutAttempt', number: number, outcome: AttemptOutcome, sends: number, errorCode: string | null, errorMessage: string | null, stripeRequestId: string | null, startedAt: string, finishedAt: string | null }> | null, webhookEvents: Array<{ __typename: 'WebhookEvent', id: string, reference: string, type: string, outcome: WebhookOutcome, account: string | null, attempts: number, error: string | null, receivedAt: string, finishedAt: string | null }> | null, emails: Array<{ __typename: 'PayoutEmail', template: EmailTemplate, state: EmailState, attempts: number, error: string | null, createdAt: string, sentAt: string | null, nextAttemptAt: string | null }> | null, run: { __typename: 'PayoutRun', id: string, periodStart: string, periodEnd: string } | null, auditEvents: { __typename: 'AuditEventConnection', nodes: Array<{ __typename: 'AuditEvent', sequence: number, action: string, actor: string, reason: string | null, requestId: string | null, occurredAt: string }>, pageInfo: { __typename: 'PageInfo', hasNextPage: boolean } } | null, approval: { __typename: 'PayoutApproval', required: boolean, approvedBy: string | null, approvedAt: string | null, amountCents: number | null, currentDestination: string | null, voided: boolean } | null } | null };

export type PayoutControlsFragment = { __typename: 'Payout', id: string, control: PayoutControl | null, heldReason: string | null, approval: { __typename: 'PayoutApproval', required: boolean, approvedBy: string | null, approvedAt: string | null, amountCents: number | null, currentDestination: string | null, voided: boolean } | null };

export type ControlledFragment = { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, control: PayoutControl | null, heldReason: string | null, creator: { __typename: 'Creator', id: string, displayName: string }, approval: { __typename: 'PayoutApproval', required: boolean, approvedBy: string | null, approvedAt: string | null, amountCents: number | null, currentDestination: string | null, voided: boolean } | null };

export type HoldPayoutMutationVariables = Exact<{
  id: string | number;
  reason: string;
}>;


export type HoldPayoutMutation = { __typename: 'Mutation', holdPayout:
    | { __typename: 'HoldPayoutPayload', payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, control: PayoutControl | null, heldReason: string | null, creator: { __typename: 'Creator', id: string, displayName: string }, approval: { __typename: 'PayoutApproval', required: boolean, approvedBy: string | null, approvedAt: string | null, amountCents: number | null, currentDestination: string | null, voided: boolean } | null } }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
   | null };

export type ReleasePayoutMutationVariables = Exact<{
  id: string | number;
  reason: string;
}>;


export type ReleasePayoutMutation = { __typename: 'Mutation', releasePayout:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'ReleasePayoutPayload', payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, control: PayoutControl | null, heldReason: string | null, creator: { __typename: 'Creator', id: string, displayName: string }, approval: { __typename: 'PayoutApproval', required: boolean, approvedBy: string | null, approvedAt: string | null, amountCents: number | null, currentDestination: string | null, voided: boolean } | null } }
   | null };

export type ApprovePayoutMutationVariables = Exact<{
  id: string | number;
  reason: string;
  amountCents?: number | null | undefined;
  destination?: string | null | undefined;
}>;


export type ApprovePayoutMutation = { __typename: 'Mutation', approvePayout:
    | { __typename: 'ApprovePayoutPayload', payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, control: PayoutControl | null, heldReason: string | null, creator: { __typename: 'Creator', id: string, displayName: string }, approval: { __typename: 'PayoutApproval', required: boolean, approvedBy: string | null, approvedAt: string | null, amountCents: number | null, currentDestination: string | null, voided: boolean } | null } }
    | { __typename: 'ApproverIsRequesterError', code: ErrorCode, message: string }
    | { __typename: 'CreatorNotReadyError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
   | null };

export type RejectPayoutMutationVariables = Exact<{
  id: string | number;
  reason: string;
}>;


export type RejectPayoutMutation = { __typename: 'Mutation', rejectPayout:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RejectPayoutPayload', payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, control: PayoutControl | null, heldReason: string | null, creator: { __typename: 'Creator', id: string, displayName: string }, approval: { __typename: 'PayoutApproval', required: boolean, approvedBy: string | null, approvedAt: string | null, amountCents: number | null, currentDestination: string | null, voided: boolean } | null } }
   | null };

export type RetryPayoutMutationVariables = Exact<{
  id: string | number;
}>;


export type RetryPayoutMutation = { __typename: 'Mutation', retryPayout:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RetryPayoutPayload', payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, creator: { __typename: 'Creator', id: string, displayName: string } } }
    | { __typename: 'StatementOverdrawnError', code: ErrorCode, message: string }
   | null };

export type RunPreviewQueryVariables = Exact<{
  input: PayoutRunInput;
}>;


export type RunPreviewQuery = { __typename: 'Query', payoutRunPreview: { __typename: 'PayoutRunPreview', currency: string, payoutCount: number, totalCents: number, digest: string, periodStart: string, periodEnd: string, excluded: Array<{ __typename: 'PayoutRunExclusion', reason: PayoutRunExclusionReason, statementCount: number, totalCents: number }> } | null };

export type CreateRunMutationVariables = Exact<{
  input: CreatePayoutRunInput;
}>;


export type CreateRunMutation = { __typename: 'Mutation', createPayoutRun:
    | { __typename: 'CreatePayoutRunPayload', payoutCount: number, run: { __typename: 'PayoutRun', id: string } | null }
    | { __typename: 'IdempotencyConflictError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'TotalChangedError', totalCents: number, code: ErrorCode, message: string }
   | null };

export type RunRowFragment = { __typename: 'PayoutRun', id: string, periodStart: string, periodEnd: string, currency: string, payoutCount: number, totalCents: number, requestedBy: string, reason: string | null, createdAt: string };

export type RunWithProgressFragment = { __typename: 'PayoutRun', id: string, periodStart: string, periodEnd: string, currency: string, payoutCount: number, totalCents: number, requestedBy: string, reason: string | null, createdAt: string, progress: { __typename: 'PayoutRunProgress', finished: boolean, endedCount: number, stages: Array<{ __typename: 'PayoutRunFigure', stage: PayoutRunStage, payoutCount: number, totalCents: number }> } };

export type RunsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type RunsQuery = { __typename: 'Query', payoutRuns: { __typename: 'PayoutRunConnection', nodes: Array<{ __typename: 'PayoutRun', id: string, periodStart: string, periodEnd: string, currency: string, payoutCount: number, totalCents: number, requestedBy: string, reason: string | null, createdAt: string }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type RunPageQueryVariables = Exact<{
  id: string | number;
}>;


export type RunPageQuery = { __typename: 'Query', payoutRun: { __typename: 'PayoutRun', id: string, periodStart: string, periodEnd: string, currency: string, payoutCount: number, totalCents: number, requestedBy: string, reason: string | null, createdAt: string, progress: { __typename: 'PayoutRunProgress', finished: boolean, endedCount: number, stages: Array<{ __typename: 'PayoutRunFigure', stage: PayoutRunStage, payoutCount: number, totalCents: number }> } } | null };

export type WatchRunSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type WatchRunSubscription = { payoutRunChanged: { __typename: 'PayoutRun', id: string, periodStart: string, periodEnd: string, currency: string, payoutCount: number, totalCents: number, requestedBy: string, reason: string | null, createdAt: string, progress: { __typename: 'PayoutRunProgress', finished: boolean, endedCount: number, stages: Array<{ __typename: 'PayoutRunFigure', stage: PayoutRunStage, payoutCount: number, totalCents: number }> } } };

export type CreatorsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: CreatorFilter | null | undefined;
}>;


export type CreatorsQuery = { __typename: 'Query', creators: { __typename: 'QueryCreatorsConnection', nodes: Array<{ __typename: 'Creator', id: string, externalId: string | null, displayName: string, email: string | null, transfersEnabled: boolean, createdAt: string }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type CreatorPageQueryVariables = Exact<{
  id: string | number;
}>;


export type CreatorPageQuery = { __typename: 'Query', node:
    | { __typename: 'Alert' }
    | { __typename: 'BankPayout' }
    | { __typename: 'Creator', id: string, externalId: string | null, displayName: string, email: string | null, transfersEnabled: boolean, createdAt: string, readiness: { __typename: 'CreatorReadiness', state: CreatorReadinessState, missing: Array<string>, deadline: string | null } | null, bankPayouts: Array<{ __typename: 'BankPayout', id: string, amountCents: number, currency: string, status: string, arrivesOn: string | null, failureCode: string | null }> | null }
    | { __typename: 'Payout' }
    | { __typename: 'PayoutRun' }
    | { __typename: 'ReconciliationItem' }
    | { __typename: 'ReconciliationRun' }
    | { __typename: 'RoyaltyStatement' }
    | { __typename: 'WebhookEvent' }
   | null };

export type ReconciliationsQueryVariables = Exact<{
  first: number;
}>;


export type ReconciliationsQuery = { __typename: 'Query', reconciliationRuns: { __typename: 'ReconciliationRunConnection', nodes: Array<{ __typename: 'ReconciliationRun', id: string, status: ReconciliationStatus, periodStart: string, periodEnd: string, requestedBy: string, createdAt: string, startedAt: string | null, finishedAt: string | null, payoutsChecked: number, transfersChecked: number, repairedCount: number, openCount: number, error: string | null }> } | null };

export type DifferencesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: ReconciliationItemFilter | null | undefined;
}>;


export type DifferencesQuery = { __typename: 'Query', reconciliationItems: { __typename: 'ReconciliationItemConnection', nodes: Array<{ __typename: 'ReconciliationItem', id: string, kind: DifferenceKind, state: ReconciliationItemState, transferId: string | null, details: unknown, foundAt: string, occurredAt: string, resolution: string | null, resolvedAt: string | null, resolvedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, currency: string, creator: { __typename: 'Creator', id: string, displayName: string } } | null }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type DifferenceFragment = { __typename: 'ReconciliationItem', id: string, kind: DifferenceKind, state: ReconciliationItemState, transferId: string | null, details: unknown, foundAt: string, occurredAt: string, resolution: string | null, resolvedAt: string | null, resolvedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, currency: string, creator: { __typename: 'Creator', id: string, displayName: string } } | null };

export type RunReconciliationMutationVariables = Exact<{
  input: RunReconciliationInput;
}>;


export type RunReconciliationMutation = { __typename: 'Mutation', runReconciliation:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'RunReconciliationPayload', run: { __typename: 'ReconciliationRun', id: string, status: ReconciliationStatus } }
   | null };

export type RepairDifferenceMutationVariables = Exact<{
  input: RepairReconciliationItemInput;
}>;


export type RepairDifferenceMutation = { __typename: 'Mutation', repairReconciliationItem:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'RepairReconciliationItemPayload', item: { __typename: 'ReconciliationItem', id: string, kind: DifferenceKind, state: ReconciliationItemState, transferId: string | null, details: unknown, foundAt: string, occurredAt: string, resolution: string | null, resolvedAt: string | null, resolvedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, currency: string, creator: { __typename: 'Creator', id: string, displayName: string } } | null } }
    | { __typename: 'StripeUnavailableError', code: ErrorCode, message: string }
   | null };

export type ResolveDifferenceMutationVariables = Exact<{
  input: ResolveReconciliationItemInput;
}>;


export type ResolveDifferenceMutation = { __typename: 'Mutation', resolveReconciliationItem:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'ResolveReconciliationItemPayload', item: { __typename: 'ReconciliationItem', id: string, kind: DifferenceKind, state: ReconciliationItemState, transferId: string | null, details: unknown, foundAt: string, occurredAt: string, resolution: string | null, resolvedAt: string | null, resolvedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, currency: string, creator: { __typename: 'Creator', id: string, displayName: string } } | null } }
   | null };

export type WebhookEventsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: WebhookEventFilter | null | undefined;
}>;


export type WebhookEventsQuery = { __typename: 'Query', webhookEvents: { __typename: 'WebhookEventConnection', nodes: Array<{ __typename: 'WebhookEvent', id: string, reference: string, type: string, outcome: WebhookOutcome, account: string | null, attempts: number, error: string | null, receivedAt: string, finishedAt: string | null }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type WebhookRowFragment = { __typename: 'WebhookEvent', id: string, reference: string, type: string, outcome: WebhookOutcome, account: string | null, attempts: number, error: string | null, receivedAt: string, finishedAt: string | null };

export type ReplayEventMutationVariables = Exact<{
  id: string | number;
}>;


export type ReplayEventMutation = { __typename: 'Mutation', replayWebhookEvent:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'InvalidTransitionError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'ReplayWebhookEventPayload', webhookEvent: { __typename: 'WebhookEvent', id: string, reference: string, type: string, outcome: WebhookOutcome, account: string | null, attempts: number, error: string | null, receivedAt: string, finishedAt: string | null } }
   | null };

export type AlertsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: AlertFilter | null | undefined;
}>;


export type AlertsQuery = { __typename: 'Query', alerts: { __typename: 'AlertConnection', nodes: Array<{ __typename: 'Alert', id: string, rule: AlertRule, key: string, message: string, occurrences: number, openedAt: string, updatedAt: string, resolvedAt: string | null, acknowledgedAt: string | null, acknowledgedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string } | null }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type AcknowledgeAlertMutationVariables = Exact<{
  id: string | number;
}>;


export type AcknowledgeAlertMutation = { __typename: 'Mutation', acknowledgeAlert:
    | { __typename: 'AcknowledgeAlertPayload', alert: { __typename: 'Alert', id: string, rule: AlertRule, key: string, message: string, occurrences: number, openedAt: string, updatedAt: string, resolvedAt: string | null, acknowledgedAt: string | null, acknowledgedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string } | null } }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
   | null };

export type PauseMutationVariables = Exact<{
  reason: string;
}>;


export type PauseMutation = { __typename: 'Mutation', pauseProcessing:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'PauseProcessingPayload', processing: { __typename: 'Processing', paused: boolean, reason: string | null, changedBy: string | null, changedAt: string } }
   | null };

export type ResumeMutationVariables = Exact<{
  reason: string;
}>;


export type ResumeMutation = { __typename: 'Mutation', resumeProcessing:
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'ResumeProcessingPayload', processing: { __typename: 'Processing', paused: boolean, reason: string | null, changedBy: string | null, changedAt: string } }
   | null };

export type StatementRowFragment = { __typename: 'RoyaltyStatement', id: string, periodStart: string, periodEnd: string, amountCents: number, currency: string, createdAt: string, creator: { __typename: 'Creator', id: string, displayName: string } };

export type StatementsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type StatementsQuery = { __typename: 'Query', royaltyStatements: { __typename: 'QueryRoyaltyStatementsConnection', nodes: Array<{ __typename: 'RoyaltyStatement', id: string, periodStart: string, periodEnd: string, amountCents: number, currency: string, createdAt: string, creator: { __typename: 'Creator', id: string, displayName: string } }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type WatchPayoutsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchPayoutsSubscription = { payoutStatusChanged: { __typename: 'PayoutStatusChange', cursor: string, previousStatus: PayoutStatus | null, status: PayoutStatus, payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, creator: { __typename: 'Creator', id: string, displayName: string } } } };

export type WatchAlertsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type WatchAlertsSubscription = { alertChanged: { __typename: 'Alert', id: string, rule: AlertRule, key: string, message: string, occurrences: number, openedAt: string, updatedAt: string, resolvedAt: string | null, acknowledgedAt: string | null, acknowledgedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string } | null } };

export type PayoutRowFragment = { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, creator: { __typename: 'Creator', id: string, displayName: string } };

export type SwitchStateFragment = { __typename: 'Processing', paused: boolean, reason: string | null, changedBy: string | null, changedAt: string };

export type AlertRowFragment = { __typename: 'Alert', id: string, rule: AlertRule, key: string, message: string, occurrences: number, openedAt: string, updatedAt: string, resolvedAt: string | null, acknowledgedAt: string | null, acknowledgedBy: string | null, payout: { __typename: 'Payout', id: string, reference: string } | null };

export type StatusTotalFragment = { __typename: 'PayoutStatusTotal', count: number, amountCents: number };

export type FiguresFragment = { __typename: 'PayoutFigures', createdCount: number, createdCents: number, completedCount: number, completedCents: number, failedCount: number, failedCents: number, retryCount: number, successRate: number | null, failureRate: number | null, averageProcessingSeconds: number | null };

export type CreatorStartQueryVariables = Exact<{ [key: string]: never; }>;


export type CreatorStartQuery = { __typename: 'Query', viewer: { __typename: 'Viewer', role: Role, creator: { __typename: 'Creator', id: string, displayName: string, transfersEnabled: boolean } | null }, myPayouts: { __typename: 'PayoutConnection', nodes: Array<{ __typename: 'Payout', id: string, history: Array<{ __typename: 'PayoutStatusChange', cursor: string }> }> } | null };

export type CreatorHomeQueryVariables = Exact<{ [key: string]: never; }>;


export type CreatorHomeQuery = { __typename: 'Query', viewer: { __typename: 'Viewer', creator: { __typename: 'Creator', id: string, displayName: string, email: string | null, transfersEnabled: boolean, readiness: { __typename: 'CreatorReadiness', state: CreatorReadinessState, missing: Array<string>, deadline: string | null } | null, bankPayouts: Array<{ __typename: 'BankPayout', id: string, amountCents: number, currency: string, status: string, arrivesOn: string | null, failureCode: string | null }> | null } | null }, payoutSummary: { __typename: 'PayoutSummary', asOf: string, currency: string, pending: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, processing: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, completed: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, failed: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, retrying: { __typename: 'PayoutStatusTotal', count: number, amountCents: number }, thisMonth: { __typename: 'PayoutFigures', createdCount: number, createdCents: number, completedCount: number, completedCents: number, failedCount: number, failedCents: number, retryCount: number, successRate: number | null, failureRate: number | null, averageProcessingSeconds: number | null }, allTime: { __typename: 'PayoutFigures', createdCount: number, createdCents: number, completedCount: number, completedCents: number, failedCount: number, failedCents: number, retryCount: number, successRate: number | null, failureRate: number | null, averageProcessingSeconds: number | null } } | null, underWay: { __typename: 'PayoutConnection', nodes: Array<{ __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, creator: { __typename: 'Creator', id: string, displayName: string } }> } | null, failed: { __typename: 'PayoutConnection', nodes: Array<{ __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, creator: { __typename: 'Creator', id: string, displayName: string } }> } | null };

export type BeginOnboardingMutationVariables = Exact<{
  input: CreateOnboardingLinkInput;
}>;


export type BeginOnboardingMutation = { __typename: 'Mutation', createOnboardingLink:
    | { __typename: 'CreateOnboardingLinkPayload', url: string }
    | { __typename: 'CreatorNotReadyError', code: ErrorCode, message: string }
    | { __typename: 'InvalidInputError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'StripeUnavailableError', code: ErrorCode, message: string }
   | null };

export type MyPayoutsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: PayoutFilter | null | undefined;
  orderBy?: PayoutOrder | null | undefined;
}>;


export type MyPayoutsQuery = { __typename: 'Query', myPayouts: { __typename: 'PayoutConnection', nodes: Array<{ __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, royaltyStatement: { __typename: 'RoyaltyStatement', id: string, periodStart: string, periodEnd: string } | null, creator: { __typename: 'Creator', id: string, displayName: string } }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

export type MyPayoutQueryVariables = Exact<{
  id: string | number;
}>;


export type MyPayoutQuery = { __typename: 'Query', payout: { __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, failedReason: string | null, failureCode: string | null, retryCount: number, nextAttemptAt: string | null, createdAt: string, updatedAt: string, processedAt: string | null, notice: string | null, royaltyStatement: { __typename: 'RoyaltyStatement', id: string, periodStart: string, periodEnd: string, amountCents: number, currency: string } | null, history: Array<{ __typename: 'PayoutStatusChange', cursor: string, previousStatus: PayoutStatus | null, status: PayoutStatus, reason: string | null, occurredAt: string }>, creator: { __typename: 'Creator', id: string, displayName: string } } | null };

export type MyYearQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: PayoutFilter | null | undefined;
}>;


export type MyYearQuery = { __typename: 'Query', myPayouts: { __typename: 'PayoutConnection', nodes: Array<{ __typename: 'Payout', id: string, reference: string, amountCents: number, reversedCents: number, currency: string, status: PayoutStatus, createdAt: string, processedAt: string | null, royaltyStatement: { __typename: 'RoyaltyStatement', id: string, periodStart: string, periodEnd: string } | null }>, pageInfo: { __typename: 'PageInfo', endCursor: string | null, hasNextPage: boolean } } | null };

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
export const PayoutRowFragmentDoc = new TypedDocumentString(`
    fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}
    `, {"fragmentName":"PayoutRow"}) as unknown as TypedDocumentString<PayoutRowFragment, unknown>;
export const PayoutControlsFragmentDoc = new TypedDocumentString(`
    fragment PayoutControls on Payout {
  __typename
  id
  control
  heldReason
  approval {
    __typename
    required
    approvedBy
    approvedAt
    amountCents
    currentDestination
    voided
  }
}
    `, {"fragmentName":"PayoutControls"}) as unknown as TypedDocumentString<PayoutControlsFragment, unknown>;
export const ControlledFragmentDoc = new TypedDocumentString(`
    fragment Controlled on Payout {
  __typename
  ...PayoutRow
  ...PayoutControls
}
    fragment PayoutControls on Payout {
  __typename
  id
  control
  heldReason
  approval {
    __typename
    required
    approvedBy
    approvedAt
    amountCents
    currentDestination
    voided
  }
}
fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"fragmentName":"Controlled"}) as unknown as TypedDocumentString<ControlledFragment, unknown>;
export const RunRowFragmentDoc = new TypedDocumentString(`
    fragment RunRow on PayoutRun {
  __typename
  id
  periodStart
  periodEnd
  currency
  payoutCount
  totalCents
  requestedBy
  reason
  createdAt
}
    `, {"fragmentName":"RunRow"}) as unknown as TypedDocumentString<RunRowFragment, unknown>;
export const RunWithProgressFragmentDoc = new TypedDocumentString(`
    fragment RunWithProgress on PayoutRun {
  __typename
  ...RunRow
  progress {
    __typename
    finished
    endedCount
    stages {
      __typename
      stage
      payoutCount
      totalCents
    }
  }
}
    fragment RunRow on PayoutRun {
  __typename
  id
  periodStart
  periodEnd
  currency
  payoutCount
  totalCents
  requestedBy
  reason
  createdAt
}`, {"fragmentName":"RunWithProgress"}) as unknown as TypedDocumentString<RunWithProgressFragment, unknown>;
export const DifferenceFragmentDoc = new TypedDocumentString(`
    fragment Difference on ReconciliationItem {
  __typename
  id
  kind
  state
  transferId
  details
  foundAt
  occurredAt
  resolution
  resolvedAt
  resolvedBy
  payout {
    __typename
    id
    reference
    amountCents
    currency
    creator {
      __typename
      id
      displayName
    }
  }
}
    `, {"fragmentName":"Difference"}) as unknown as TypedDocumentString<DifferenceFragment, unknown>;
export const WebhookRowFragmentDoc = new TypedDocumentString(`
    fragment WebhookRow on WebhookEvent {
  __typename
  id
  reference
  type
  outcome
  account
  attempts
  error
  receivedAt
  finishedAt
}
    `, {"fragmentName":"WebhookRow"}) as unknown as TypedDocumentString<WebhookRowFragment, unknown>;
export const StatementRowFragmentDoc = new TypedDocumentString(`
    fragment StatementRow on RoyaltyStatement {
  __typename
  id
  periodStart
  periodEnd
  amountCents
  currency
  createdAt
  creator {
    __typename
    id
    displayName
  }
}
    `, {"fragmentName":"StatementRow"}) as unknown as TypedDocumentString<StatementRowFragment, unknown>;
export const SwitchStateFragmentDoc = new TypedDocumentString(`
    fragment SwitchState on Processing {
  __typename
  paused
  reason
  changedBy
  changedAt
}
    `, {"fragmentName":"SwitchState"}) as unknown as TypedDocumentString<SwitchStateFragment, unknown>;
export const AlertRowFragmentDoc = new TypedDocumentString(`
    fragment AlertRow on Alert {
  __typename
  id
  rule
  key
  message
  occurrences
  openedAt
  updatedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  payout {
    __typename
    id
    reference
  }
}
    `, {"fragmentName":"AlertRow"}) as unknown as TypedDocumentString<AlertRowFragment, unknown>;
export const StatusTotalFragmentDoc = new TypedDocumentString(`
    fragment StatusTotal on PayoutStatusTotal {
  __typename
  count
  amountCents
}
    `, {"fragmentName":"StatusTotal"}) as unknown as TypedDocumentString<StatusTotalFragment, unknown>;
export const FiguresFragmentDoc = new TypedDocumentString(`
    fragment Figures on PayoutFigures {
  __typename
  createdCount
  createdCents
  completedCount
  completedCents
  failedCount
  failedCents
  retryCount
  successRate
  failureRate
  averageProcessingSeconds
}
    `, {"fragmentName":"Figures"}) as unknown as TypedDocumentString<FiguresFragment, unknown>;
export const AdminStartDocument = new TypedDocumentString(`
    query AdminStart {
  __typename
  viewer {
    __typename
    role
  }
  processing {
    __typename
    ...SwitchState
  }
  payouts(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) {
    __typename
    nodes {
      __typename
      id
      history {
        __typename
        cursor
      }
    }
  }
  alerts(first: 1, filter: {open: true}) {
    __typename
    nodes {
      __typename
      id
    }
    totalCount
  }
}
    fragment SwitchState on Processing {
  __typename
  paused
  reason
  changedBy
  changedAt
}`, {"hash":"sha256:9318a3e9f22a81a50e37f23cf6bc2bfeeec0808ec3490fe440efddaa01193926"}) as unknown as TypedDocumentString<AdminStartQuery, AdminStartQueryVariables>;
export const AdminStatusDocument = new TypedDocumentString(`
    query AdminStatus {
  __typename
  processing {
    __typename
    ...SwitchState
  }
  alerts(first: 1, filter: {open: true}) {
    __typename
    nodes {
      __typename
      id
    }
    totalCount
  }
}
    fragment SwitchState on Processing {
  __typename
  paused
  reason
  changedBy
  changedAt
}`, {"hash":"sha256:75ce0f8f65106de08842760316d6065dd5f57d2c1e3cc41bfb4914ad07b08a20"}) as unknown as TypedDocumentString<AdminStatusQuery, AdminStatusQueryVariables>;
export const StandingsDocument = new TypedDocumentString(`
    query Standings($creatorId: ID) {
  __typename
  payoutSummary(creatorId: $creatorId) {
    __typename
    asOf
    currency
    pending {
      __typename
      ...StatusTotal
    }
    processing {
      __typename
      ...StatusTotal
    }
    completed {
      __typename
      ...StatusTotal
    }
    failed {
      __typename
      ...StatusTotal
    }
    retrying {
      __typename
      ...StatusTotal
    }
    thisMonth {
      __typename
      ...Figures
    }
    allTime {
      __typename
      ...Figures
    }
  }
}
    fragment StatusTotal on PayoutStatusTotal {
  __typename
  count
  amountCents
}
fragment Figures on PayoutFigures {
  __typename
  createdCount
  createdCents
  completedCount
  completedCents
  failedCount
  failedCents
  retryCount
  successRate
  failureRate
  averageProcessingSeconds
}`, {"hash":"sha256:e48e3157bd6397a8bcf63ff326f679ba883dd1f213ed0bd125d80bb3e9fc19eb"}) as unknown as TypedDocumentString<StandingsQuery, StandingsQueryVariables>;
export const AnalyticsDocument = new TypedDocumentString(`
    query Analytics($from: DateTime!, $to: DateTime!, $interval: AnalyticsInterval!) {
  __typename
  payoutAnalytics(from: $from, to: $to, interval: $interval) {
    __typename
    asOf
    currency
    interval
    total {
      __typename
      ...Figures
    }
    buckets {
      __typename
      from
      to
      figures {
        __typename
        ...Figures
      }
    }
  }
}
    fragment Figures on PayoutFigures {
  __typename
  createdCount
  createdCents
  completedCount
  completedCents
  failedCount
  failedCents
  retryCount
  successRate
  failureRate
  averageProcessingSeconds
}`, {"hash":"sha256:76aed95d2ba2301e3729ff32bd9e53911fa383b60d1e4d83987f2515e2037ab7"}) as unknown as TypedDocumentString<AnalyticsQuery, AnalyticsQueryVariables>;
export const OpenAlertsDocument = new TypedDocumentString(`
    query OpenAlerts($first: Int!) {
  __typename
  alerts(first: $first, filter: {open: true}) {
    __typename
    nodes {
      __typename
      ...AlertRow
    }
    totalCount
  }
}
    fragment AlertRow on Alert {
  __typename
  id
  rule
  key
  message
  occurrences
  openedAt
  updatedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  payout {
    __typename
    id
    reference
  }
}`, {"hash":"sha256:0148ed8f8fafa58a2613847514e09ac7c4e3ac1512602c0aeece000c3300c5ec"}) as unknown as TypedDocumentString<OpenAlertsQuery, OpenAlertsQueryVariables>;
export const PayoutsDocument = new TypedDocumentString(`
    query Payouts($first: Int!, $after: String, $filter: PayoutFilter, $orderBy: PayoutOrder) {
  __typename
  payouts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    __typename
    nodes {
      __typename
      ...PayoutRow
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:fbe575bcb5d3edebf8048b178a7fb18f3f7364a2a47f9517f7ebdd22aafaf9ae"}) as unknown as TypedDocumentString<PayoutsQuery, PayoutsQueryVariables>;
export const PayoutPageDocument = new TypedDocumentString(`
    query PayoutPage($id: ID!) {
  __typename
  payout(id: $id) {
    __typename
    ...PayoutRow
    ...PayoutControls
    stripeTransferId
    lastRetryAt
    creator {
      __typename
      id
      displayName
      email
      transfersEnabled
    }
    royaltyStatement {
      __typename
      id
      externalId
      periodStart
      periodEnd
      amountCents
      currency
    }
    history {
      __typename
      cursor
      previousStatus
      status
      reason
      occurredAt
    }
    attempts {
      __typename
      number
      outcome
      sends
      errorCode
      errorMessage
      stripeRequestId
      startedAt
      finishedAt
    }
    webhookEvents(first: 20) {
      __typename
      ...WebhookRow
    }
    emails {
      __typename
      template
      state
      attempts
      error
      createdAt
      sentAt
      nextAttemptAt
    }
    run {
      __typename
      id
      periodStart
      periodEnd
    }
    auditEvents(first: 50) {
      __typename
      nodes {
        __typename
        sequence
        action
        actor
        reason
        requestId
        occurredAt
      }
      pageInfo {
        __typename
        hasNextPage
      }
    }
  }
}
    fragment PayoutControls on Payout {
  __typename
  id
  control
  heldReason
  approval {
    __typename
    required
    approvedBy
    approvedAt
    amountCents
    currentDestination
    voided
  }
}
fragment WebhookRow on WebhookEvent {
  __typename
  id
  reference
  type
  outcome
  account
  attempts
  error
  receivedAt
  finishedAt
}
fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:27d8a231270d050e43e3806dd556c1344b7dd54134323851d2e75e566912fbf7"}) as unknown as TypedDocumentString<PayoutPageQuery, PayoutPageQueryVariables>;
export const HoldPayoutDocument = new TypedDocumentString(`
    mutation HoldPayout($id: ID!, $reason: String!) {
  __typename
  holdPayout(input: {payoutId: $id, reason: $reason}) {
    __typename
    ... on HoldPayoutPayload {
      __typename
      payout {
        __typename
        ...Controlled
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment PayoutControls on Payout {
  __typename
  id
  control
  heldReason
  approval {
    __typename
    required
    approvedBy
    approvedAt
    amountCents
    currentDestination
    voided
  }
}
fragment Controlled on Payout {
  __typename
  ...PayoutRow
  ...PayoutControls
}
fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:9954e99f559dcb795b2396e38b6b4bccf9a432772574dfd3aa4de4fac3611362"}) as unknown as TypedDocumentString<HoldPayoutMutation, HoldPayoutMutationVariables>;
export const ReleasePayoutDocument = new TypedDocumentString(`
    mutation ReleasePayout($id: ID!, $reason: String!) {
  __typename
  releasePayout(input: {payoutId: $id, reason: $reason}) {
    __typename
    ... on ReleasePayoutPayload {
      __typename
      payout {
        __typename
        ...Controlled
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment PayoutControls on Payout {
  __typename
  id
  control
  heldReason
  approval {
    __typename
    required
    approvedBy
    approvedAt
    amountCents
    currentDestination
    voided
  }
}
fragment Controlled on Payout {
  __typename
  ...PayoutRow
  ...PayoutControls
}
fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:dd48946c270271c2ea736e357cbaf15380e0de4aa05c0cb28bc88a10a57e5173"}) as unknown as TypedDocumentString<ReleasePayoutMutation, ReleasePayoutMutationVariables>;
export const ApprovePayoutDocument = new TypedDocumentString(`
    mutation ApprovePayout($id: ID!, $reason: String!, $amountCents: Int, $destination: String) {
  __typename
  approvePayout(
    input: {payoutId: $id, reason: $reason, expectedAmountCents: $amountCents, expectedDestination: $destination}
  ) {
    __typename
    ... on ApprovePayoutPayload {
      __typename
      payout {
        __typename
        ...Controlled
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment PayoutControls on Payout {
  __typename
  id
  control
  heldReason
  approval {
    __typename
    required
    approvedBy
    approvedAt
    amountCents
    currentDestination
    voided
  }
}
fragment Controlled on Payout {
  __typename
  ...PayoutRow
  ...PayoutControls
}
fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:38853ddcb71977fb55c62eb8c460c6c5e85a2d6c041af8ce45f92c92b02e53e0"}) as unknown as TypedDocumentString<ApprovePayoutMutation, ApprovePayoutMutationVariables>;
export const RejectPayoutDocument = new TypedDocumentString(`
    mutation RejectPayout($id: ID!, $reason: String!) {
  __typename
  rejectPayout(input: {payoutId: $id, reason: $reason}) {
    __typename
    ... on RejectPayoutPayload {
      __typename
      payout {
        __typename
        ...Controlled
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment PayoutControls on Payout {
  __typename
  id
  control
  heldReason
  approval {
    __typename
    required
    approvedBy
    approvedAt
    amountCents
    currentDestination
    voided
  }
}
fragment Controlled on Payout {
  __typename
  ...PayoutRow
  ...PayoutControls
}
fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:1b55b9bec750a160795d523de19d0aa5ef198eca5ee00c7127b7b4ddaa950036"}) as unknown as TypedDocumentString<RejectPayoutMutation, RejectPayoutMutationVariables>;
export const RetryPayoutDocument = new TypedDocumentString(`
    mutation RetryPayout($id: ID!) {
  __typename
  retryPayout(input: {payoutId: $id}) {
    __typename
    ... on RetryPayoutPayload {
      __typename
      payout {
        __typename
        ...PayoutRow
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:ef8f957fb82effbd7fa232127827910bea5f5ffc384f26d046d74ebf81cda41f"}) as unknown as TypedDocumentString<RetryPayoutMutation, RetryPayoutMutationVariables>;
export const RunPreviewDocument = new TypedDocumentString(`
    query RunPreview($input: PayoutRunInput!) {
  __typename
  payoutRunPreview(input: $input) {
    __typename
    currency
    payoutCount
    totalCents
    digest
    periodStart
    periodEnd
    excluded {
      __typename
      reason
      statementCount
      totalCents
    }
  }
}
    `, {"hash":"sha256:4c9c7ee56033cb373ba2bf0aee2b0acd3d8f66ea93c73417f112a119cfd2b728"}) as unknown as TypedDocumentString<RunPreviewQuery, RunPreviewQueryVariables>;
export const CreateRunDocument = new TypedDocumentString(`
    mutation CreateRun($input: CreatePayoutRunInput!) {
  __typename
  createPayoutRun(input: $input) {
    __typename
    ... on CreatePayoutRunPayload {
      __typename
      run {
        __typename
        id
      }
      payoutCount
    }
    ... on TotalChangedError {
      __typename
      totalCents
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    `, {"hash":"sha256:d317d82cab1752fdbbb87616a15f57c64d8f6a95f310c66a071ceef179add323"}) as unknown as TypedDocumentString<CreateRunMutation, CreateRunMutationVariables>;
export const RunsDocument = new TypedDocumentString(`
    query Runs($first: Int!, $after: String) {
  __typename
  payoutRuns(first: $first, after: $after) {
    __typename
    nodes {
      __typename
      ...RunRow
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    fragment RunRow on PayoutRun {
  __typename
  id
  periodStart
  periodEnd
  currency
  payoutCount
  totalCents
  requestedBy
  reason
  createdAt
}`, {"hash":"sha256:18ca4371f0c3fb675b67d68b201d7a4c942a4293e760f409d67cf2bafdf1b529"}) as unknown as TypedDocumentString<RunsQuery, RunsQueryVariables>;
export const RunPageDocument = new TypedDocumentString(`
    query RunPage($id: ID!) {
  __typename
  payoutRun(id: $id) {
    __typename
    ...RunWithProgress
  }
}
    fragment RunRow on PayoutRun {
  __typename
  id
  periodStart
  periodEnd
  currency
  payoutCount
  totalCents
  requestedBy
  reason
  createdAt
}
fragment RunWithProgress on PayoutRun {
  __typename
  ...RunRow
  progress {
    __typename
    finished
    endedCount
    stages {
      __typename
      stage
      payoutCount
      totalCents
    }
  }
}`, {"hash":"sha256:e094ec2788fef5358b19d59ad8c5802bd607b44b296db211c414639024b856bc"}) as unknown as TypedDocumentString<RunPageQuery, RunPageQueryVariables>;
export const WatchRunDocument = new TypedDocumentString(`
    subscription WatchRun($id: ID!) {
  payoutRunChanged(runId: $id) {
    __typename
    ...RunWithProgress
  }
}
    fragment RunRow on PayoutRun {
  __typename
  id
  periodStart
  periodEnd
  currency
  payoutCount
  totalCents
  requestedBy
  reason
  createdAt
}
fragment RunWithProgress on PayoutRun {
  __typename
  ...RunRow
  progress {
    __typename
    finished
    endedCount
    stages {
      __typename
      stage
      payoutCount
      totalCents
    }
  }
}`, {"hash":"sha256:2263dde2e26afc0daa4c897e1a2a00ef3cebff0f4fdccbcd7cf8dd4ec6bdd07e"}) as unknown as TypedDocumentString<WatchRunSubscription, WatchRunSubscriptionVariables>;
export const CreatorsDocument = new TypedDocumentString(`
    query Creators($first: Int!, $after: String, $filter: CreatorFilter) {
  __typename
  creators(first: $first, after: $after, filter: $filter) {
    __typename
    nodes {
      __typename
      id
      externalId
      displayName
      email
      transfersEnabled
      createdAt
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    `, {"hash":"sha256:7bb211eaf130a1054650b1f3e2c4949f35ad4e232ec579c469106fd69a9a5af1"}) as unknown as TypedDocumentString<CreatorsQuery, CreatorsQueryVariables>;
export const CreatorPageDocument = new TypedDocumentString(`
    query CreatorPage($id: ID!) {
  __typename
  node(id: $id) {
    __typename
    ... on Creator {
      __typename
      id
      externalId
      displayName
      email
      transfersEnabled
      readiness {
        __typename
        state
        missing
        deadline
      }
      createdAt
      bankPayouts(first: 5) {
        __typename
        id
        amountCents
        currency
        status
        arrivesOn
        failureCode
      }
    }
  }
}
    `, {"hash":"sha256:62adb02655fbf7c8f986eb45283a1c0e7200e9c1d11b18adca3d768e6afe60d5"}) as unknown as TypedDocumentString<CreatorPageQuery, CreatorPageQueryVariables>;
export const ReconciliationsDocument = new TypedDocumentString(`
    query Reconciliations($first: Int!) {
  __typename
  reconciliationRuns(first: $first) {
    __typename
    nodes {
      __typename
      id
      status
      periodStart
      periodEnd
      requestedBy
      createdAt
      startedAt
      finishedAt
      payoutsChecked
      transfersChecked
      repairedCount
      openCount
      error
    }
  }
}
    `, {"hash":"sha256:ff15a4e716a2e85b41621084917cf91854602644df0d9be633622c25cffc6231"}) as unknown as TypedDocumentString<ReconciliationsQuery, ReconciliationsQueryVariables>;
export const DifferencesDocument = new TypedDocumentString(`
    query Differences($first: Int!, $after: String, $filter: ReconciliationItemFilter) {
  __typename
  reconciliationItems(first: $first, after: $after, filter: $filter) {
    __typename
    nodes {
      __typename
      ...Difference
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    fragment Difference on ReconciliationItem {
  __typename
  id
  kind
  state
  transferId
  details
  foundAt
  occurredAt
  resolution
  resolvedAt
  resolvedBy
  payout {
    __typename
    id
    reference
    amountCents
    currency
    creator {
      __typename
      id
      displayName
    }
  }
}`, {"hash":"sha256:683ceeef45ff80e09112437860acfbb7fb7600a2beab840ae1eed67cc6ac2e3d"}) as unknown as TypedDocumentString<DifferencesQuery, DifferencesQueryVariables>;
export const RunReconciliationDocument = new TypedDocumentString(`
    mutation RunReconciliation($input: RunReconciliationInput!) {
  __typename
  runReconciliation(input: $input) {
    __typename
    ... on RunReconciliationPayload {
      __typename
      run {
        __typename
        id
        status
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    `, {"hash":"sha256:f13811d30aee3711a0993c2fc5e117ad9a615f77f3c20d075c2f2e815d6de25c"}) as unknown as TypedDocumentString<RunReconciliationMutation, RunReconciliationMutationVariables>;
export const RepairDifferenceDocument = new TypedDocumentString(`
    mutation RepairDifference($input: RepairReconciliationItemInput!) {
  __typename
  repairReconciliationItem(input: $input) {
    __typename
    ... on RepairReconciliationItemPayload {
      __typename
      item {
        __typename
        ...Difference
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment Difference on ReconciliationItem {
  __typename
  id
  kind
  state
  transferId
  details
  foundAt
  occurredAt
  resolution
  resolvedAt
  resolvedBy
  payout {
    __typename
    id
    reference
    amountCents
    currency
    creator {
      __typename
      id
      displayName
    }
  }
}`, {"hash":"sha256:62f7423c9efdbe99f518fc8fcc37c05901fa96a193229b077c5704e239992450"}) as unknown as TypedDocumentString<RepairDifferenceMutation, RepairDifferenceMutationVariables>;
export const ResolveDifferenceDocument = new TypedDocumentString(`
    mutation ResolveDifference($input: ResolveReconciliationItemInput!) {
  __typename
  resolveReconciliationItem(input: $input) {
    __typename
    ... on ResolveReconciliationItemPayload {
      __typename
      item {
        __typename
        ...Difference
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment Difference on ReconciliationItem {
  __typename
  id
  kind
  state
  transferId
  details
  foundAt
  occurredAt
  resolution
  resolvedAt
  resolvedBy
  payout {
    __typename
    id
    reference
    amountCents
    currency
    creator {
      __typename
      id
      displayName
    }
  }
}`, {"hash":"sha256:ae8b0717ce1e4a285f0cd9d864424b13a522ca120ddb5544bbbd7af1fa63df74"}) as unknown as TypedDocumentString<ResolveDifferenceMutation, ResolveDifferenceMutationVariables>;
export const WebhookEventsDocument = new TypedDocumentString(`
    query WebhookEvents($first: Int!, $after: String, $filter: WebhookEventFilter) {
  __typename
  webhookEvents(first: $first, after: $after, filter: $filter) {
    __typename
    nodes {
      __typename
      ...WebhookRow
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    fragment WebhookRow on WebhookEvent {
  __typename
  id
  reference
  type
  outcome
  account
  attempts
  error
  receivedAt
  finishedAt
}`, {"hash":"sha256:15194a987181273d55b0b9759d8e14cc49d7a196cf1ea1a8a9773f3e9ba95ef5"}) as unknown as TypedDocumentString<WebhookEventsQuery, WebhookEventsQueryVariables>;
export const ReplayEventDocument = new TypedDocumentString(`
    mutation ReplayEvent($id: ID!) {
  __typename
  replayWebhookEvent(input: {webhookEventId: $id}) {
    __typename
    ... on ReplayWebhookEventPayload {
      __typename
      webhookEvent {
        __typename
        ...WebhookRow
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment WebhookRow on WebhookEvent {
  __typename
  id
  reference
  type
  outcome
  account
  attempts
  error
  receivedAt
  finishedAt
}`, {"hash":"sha256:9d80fefc438fd796da33b3014a50c576406b971aca2f46a21eec65a2b774b0b7"}) as unknown as TypedDocumentString<ReplayEventMutation, ReplayEventMutationVariables>;
export const AlertsDocument = new TypedDocumentString(`
    query Alerts($first: Int!, $after: String, $filter: AlertFilter) {
  __typename
  alerts(first: $first, after: $after, filter: $filter) {
    __typename
    nodes {
      __typename
      ...AlertRow
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    fragment AlertRow on Alert {
  __typename
  id
  rule
  key
  message
  occurrences
  openedAt
  updatedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  payout {
    __typename
    id
    reference
  }
}`, {"hash":"sha256:c3f0d3dfc87a54a51fbeeca9b3037c0a9f92cb003daea4dd0b1ad869272471a2"}) as unknown as TypedDocumentString<AlertsQuery, AlertsQueryVariables>;
export const AcknowledgeAlertDocument = new TypedDocumentString(`
    mutation AcknowledgeAlert($id: ID!) {
  __typename
  acknowledgeAlert(input: {alertId: $id}) {
    __typename
    ... on AcknowledgeAlertPayload {
      __typename
      alert {
        __typename
        ...AlertRow
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment AlertRow on Alert {
  __typename
  id
  rule
  key
  message
  occurrences
  openedAt
  updatedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  payout {
    __typename
    id
    reference
  }
}`, {"hash":"sha256:1466f845d41e15e2ddf65c2d7a7325dcae2a75f6da3aa19c2a89d4792cb8a09f"}) as unknown as TypedDocumentString<AcknowledgeAlertMutation, AcknowledgeAlertMutationVariables>;
export const PauseDocument = new TypedDocumentString(`
    mutation Pause($reason: String!) {
  __typename
  pauseProcessing(input: {reason: $reason}) {
    __typename
    ... on PauseProcessingPayload {
      __typename
      processing {
        __typename
        ...SwitchState
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment SwitchState on Processing {
  __typename
  paused
  reason
  changedBy
  changedAt
}`, {"hash":"sha256:98d0f87834b1393a239e4830f7478cbbc4a8d7ace84a3f8ae6add0fc9256ace6"}) as unknown as TypedDocumentString<PauseMutation, PauseMutationVariables>;
export const ResumeDocument = new TypedDocumentString(`
    mutation Resume($reason: String!) {
  __typename
  resumeProcessing(input: {reason: $reason}) {
    __typename
    ... on ResumeProcessingPayload {
      __typename
      processing {
        __typename
        ...SwitchState
      }
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    fragment SwitchState on Processing {
  __typename
  paused
  reason
  changedBy
  changedAt
}`, {"hash":"sha256:5a95d34e586e33e86f453770ea5a578daf1c8f65e114169d5a93cc436dc14228"}) as unknown as TypedDocumentString<ResumeMutation, ResumeMutationVariables>;
export const StatementsDocument = new TypedDocumentString(`
    query Statements($first: Int!, $after: String) {
  __typename
  royaltyStatements(first: $first, after: $after) {
    __typename
    nodes {
      __typename
      ...StatementRow
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    fragment StatementRow on RoyaltyStatement {
  __typename
  id
  periodStart
  periodEnd
  amountCents
  currency
  createdAt
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:497176819e43106fa3ebe44693eb82bb9c2d0e3c297e6fbf37b99a75fdb092c9"}) as unknown as TypedDocumentString<StatementsQuery, StatementsQueryVariables>;
export const WatchPayoutsDocument = new TypedDocumentString(`
    subscription WatchPayouts($after: String) {
  payoutStatusChanged(after: $after) {
    __typename
    cursor
    previousStatus
    status
    payout {
      __typename
      ...PayoutRow
    }
  }
}
    fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:3f610521c41c49e296c44427fc59671241aa878b6b2c2eba32a74a266e8b608e"}) as unknown as TypedDocumentString<WatchPayoutsSubscription, WatchPayoutsSubscriptionVariables>;
export const WatchAlertsDocument = new TypedDocumentString(`
    subscription WatchAlerts {
  alertChanged {
    __typename
    ...AlertRow
  }
}
    fragment AlertRow on Alert {
  __typename
  id
  rule
  key
  message
  occurrences
  openedAt
  updatedAt
  resolvedAt
  acknowledgedAt
  acknowledgedBy
  payout {
    __typename
    id
    reference
  }
}`, {"hash":"sha256:1873df2238019036848511a5bc1a621772d8ae0bc1bd4a315b84351454a9a5e0"}) as unknown as TypedDocumentString<WatchAlertsSubscription, WatchAlertsSubscriptionVariables>;
export const CreatorStartDocument = new TypedDocumentString(`
    query CreatorStart {
  __typename
  viewer {
    __typename
    role
    creator {
      __typename
      id
      displayName
      transfersEnabled
    }
  }
  myPayouts(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) {
    __typename
    nodes {
      __typename
      id
      history {
        __typename
        cursor
      }
    }
  }
}
    `, {"hash":"sha256:18e5b3c660d51ad06975ff2566bb923e5d90088a5e88d17f33fdbf73cb47d45a"}) as unknown as TypedDocumentString<CreatorStartQuery, CreatorStartQueryVariables>;
export const CreatorHomeDocument = new TypedDocumentString(`
    query CreatorHome {
  __typename
  viewer {
    __typename
    creator {
      __typename
      id
      displayName
      email
      transfersEnabled
      readiness {
        __typename
        state
        missing
        deadline
      }
      bankPayouts(first: 5) {
        __typename
        id
        amountCents
        currency
        status
        arrivesOn
        failureCode
      }
    }
  }
  payoutSummary {
    __typename
    asOf
    currency
    pending {
      __typename
      ...StatusTotal
    }
    processing {
      __typename
      ...StatusTotal
    }
    completed {
      __typename
      ...StatusTotal
    }
    failed {
      __typename
      ...StatusTotal
    }
    retrying {
      __typename
      ...StatusTotal
    }
    thisMonth {
      __typename
      ...Figures
    }
    allTime {
      __typename
      ...Figures
    }
  }
  underWay: myPayouts(first: 20, filter: {status: {in: [PENDING, PROCESSING]}}) {
    __typename
    nodes {
      __typename
      ...PayoutRow
    }
  }
  failed: myPayouts(first: 50, filter: {status: {in: [FAILED]}}) {
    __typename
    nodes {
      __typename
      ...PayoutRow
    }
  }
}
    fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}
fragment StatusTotal on PayoutStatusTotal {
  __typename
  count
  amountCents
}
fragment Figures on PayoutFigures {
  __typename
  createdCount
  createdCents
  completedCount
  completedCents
  failedCount
  failedCents
  retryCount
  successRate
  failureRate
  averageProcessingSeconds
}`, {"hash":"sha256:d866c298a8d3d21f13393059c4b6941073e10a0fd0af6551f347c93affb9f856"}) as unknown as TypedDocumentString<CreatorHomeQuery, CreatorHomeQueryVariables>;
export const BeginOnboardingDocument = new TypedDocumentString(`
    mutation BeginOnboarding($input: CreateOnboardingLinkInput!) {
  __typename
  createOnboardingLink(input: $input) {
    __typename
    ... on CreateOnboardingLinkPayload {
      __typename
      url
    }
    ... on Error {
      __typename
      code
      message
    }
  }
}
    `, {"hash":"sha256:41e71d1b0d825eaa8c34ed8687fee5ce61068aafa18f1bb535be7b5869abb1de"}) as unknown as TypedDocumentString<BeginOnboardingMutation, BeginOnboardingMutationVariables>;
export const MyPayoutsDocument = new TypedDocumentString(`
    query MyPayouts($first: Int!, $after: String, $filter: PayoutFilter, $orderBy: PayoutOrder) {
  __typename
  myPayouts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    __typename
    nodes {
      __typename
      ...PayoutRow
      royaltyStatement {
        __typename
        id
        periodStart
        periodEnd
      }
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:c9c3e71ba86e5f5a0177f94d75f31161fd7375f22813448e16302830922667af"}) as unknown as TypedDocumentString<MyPayoutsQuery, MyPayoutsQueryVariables>;
export const MyPayoutDocument = new TypedDocumentString(`
    query MyPayout($id: ID!) {
  __typename
  payout(id: $id) {
    __typename
    ...PayoutRow
    royaltyStatement {
      __typename
      id
      periodStart
      periodEnd
      amountCents
      currency
    }
    history {
      __typename
      cursor
      previousStatus
      status
      reason
      occurredAt
    }
  }
}
    fragment PayoutRow on Payout {
  __typename
  id
  reference
  amountCents
  reversedCents
  currency
  status
  failedReason
  failureCode
  retryCount
  nextAttemptAt
  createdAt
  updatedAt
  processedAt
  notice
  creator {
    __typename
    id
    displayName
  }
}`, {"hash":"sha256:49206ecb127faa075a60710228b93760c549e80b7b5341023d07e1aac137e286"}) as unknown as TypedDocumentString<MyPayoutQuery, MyPayoutQueryVariables>;
export const MyYearDocument = new TypedDocumentString(`
    query MyYear($first: Int!, $after: String, $filter: PayoutFilter) {
  __typename
  myPayouts(
    first: $first
    after: $after
    filter: $filter
    orderBy: {field: CREATED_AT, direction: ASC}
  ) {
    __typename
    nodes {
      __typename
      id
      reference
      amountCents
      reversedCents
      currency
      status
      createdAt
      processedAt
      royaltyStatement {
        __typename
        id
        periodStart
        periodEnd
      }
    }
    pageInfo {
      __typename
      endCursor
      hasNextPage
    }
  }
}
    `, {"hash":"sha256:07f7bbf723b4ebc682941a0609ed2ee46d76c5a47bf80a54fa2338ca0a0e85d9"}) as unknown as TypedDocumentString<MyYearQuery, MyYearQueryVariables>;