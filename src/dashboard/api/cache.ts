// The normalised cache: a payout is one object in it, whichever list, page or subscription brought it.
import { type Cache, type CacheExchangeOpts, cacheExchange } from '@urql/exchange-graphcache';

/** Types that have no id of their own and live in what holds them. */
const PARTS = [
  'AuditEvent',
  'CreatorReadiness',
  'PayoutAnalytics',
  'PayoutAnalyticsBucket',
  'PayoutApproval',
  'PayoutAttempt',
  'PayoutFigures',
  'PayoutRunExclusion',
  'PayoutRunPreview',
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

/** Pages of lists that nobody looks at any more, to be let go with the next page that comes. */
const passed = new Map<string, PassedPage>();

export interface PassedPage {
  field: string;
  args: Record<string, unknown>;
}

export const forgetPage = (page: PassedPage) => void passed.set(JSON.stringify(page), page);

/** It is looked at again. */
export const keepPage = (page: PassedPage) => void passed.delete(JSON.stringify(page));

function letGo(_parent: unknown, _args: unknown, cache: Cache): void {
  const pages = [...passed.values()];
  passed.clear();
  for (const { field, args } of pages) cache.invalidate('Query', field, args as never);
}

const LISTS = ['payouts', 'myPayouts', 'creators', 'webhookEvents', 'alerts', 'reconciliationItems'];

export function createCache() {
  const options: CacheExchangeOpts = {
    keys: Object.fromEntries(PARTS.map((name) => [name, () => null])),
    possibleTypes: { Error: ERROR_TYPES },
    updates: {
      Query: Object.fromEntries(LISTS.map((field) => [field, letGo])),
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
