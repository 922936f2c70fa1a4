// The normalised cache: a payout is one object in it, whichever page, query or subscription brought it.
import { type Cache, type CacheExchangeOpts, cacheExchange } from '@urql/exchange-graphcache';

/** Types that have no id of their own and live in what holds them. */
const PARTS = [
  'AuditEvent',
  'CreatorReadiness',
  'PayoutAnalytics',
  'PayoutAnalyticsBucket',
  'PayoutApproval',
  'PayoutAttempt',
  'PayoutEmail',
  'PayoutFigures',
  'PayoutRunExclusion',
  'PayoutRunFigure',
  'PayoutRunPreview',
  'PayoutRunProgress',
  'PayoutStatusChange',
  'PayoutStatusTotal',
  'PayoutSummary',
  'Processing',
  'Viewer',
];

/** What implements `Error`: the cache must know to which types a `... on Error` belongs. */
export const ERROR_TYPES = [
  'AmountAboveMaximumError',
  'AmountBelowMinimumError',
  'ApproverIsRequesterError',
  'CreatorNotReadyError',
  'IdempotencyConflictError',
  'InvalidInputError',
  'InvalidTransitionError',
  'NotFoundError',
  'StatementOverdrawnError',
  'StripeUnavailableError',
  'TotalChangedError',
];

export function createCache() {
  const options: CacheExchangeOpts = {
    keys: Object.fromEntries(PARTS.map((name) => [name, () => null])),
    possibleTypes: { Error: ERROR_TYPES },
    updates: {
      Mutation: {
        pauseProcessing: (result, _, cache) => keepSwitch(result['pauseProcessing'], cache),
        resumeProcessing: (result, _, cache) => keepSwitch(result['resumeProcessing'], cache),
      },
    },
  };
  return cacheExchange(options);
}

/** The switch has no id: what a mutation says of it is written where it is read. */
function keepSwitch(result: unknown, cache: Cache): void {
  if ((result as { processing?: unknown } | null)?.processing) cache.invalidate('Query', 'processing');
}
