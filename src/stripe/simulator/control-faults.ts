// Control routes for scripted faults: add, list, forget, and let go of the requests that one holds.
import type { ControlInput, ControlRoute } from './control-route.js';
import type { Core } from './core.js';
import type { FaultMatch, FaultName, QueuedFault } from './fault-types.js';
import { FAULT_NAMES } from './faults.js';
import { ControlError, defined, Fields } from './fields.js';

export const FAULT_ROUTES: ControlRoute[] = [
  {
    method: 'GET',
    path: '/_control/faults',
    help: 'the faults that still have hits to give',
    handle: ({ core }) => core.faults.list(),
  },
  {
    method: 'POST',
    path: '/_control/faults',
    help: `{fault, match?: {method, path, idempotencyKey, destination, transferGroup}, times?: 1 | 'always', skip?, ms?, code?, shouldRetry?, status?, type?, message?, param?, stored?, afterCommit?, body?}; fault is one of ${FAULT_NAMES.join(', ')}`,
    handle: addFault,
  },
  {
    method: 'POST',
    path: '/_control/faults/release',
    help: 'ends every latency and hang now',
    handle: ({ core }) => ({ released: core.waits.release() }),
  },
  {
    method: 'DELETE',
    path: '/_control/faults',
    help: 'forgets all faults',
    handle: ({ core }) => clearFaults(core),
  },
  {
    method: 'DELETE',
    path: '/_control/faults/:id',
    help: 'forgets one fault',
    handle: ({ core, ids }) => clearFaults(core, ids.id),
  },
];

function addFault({ core, body }: ControlInput): QueuedFault {
  const fields = new Fields(body, ...SHARED, ...Object.keys(ONLY_FOR));
  const fault = fields.required('fault', fields.oneOf('fault', FAULT_NAMES));
  checkFields(fields, fault);
  const options = {
    match: matchOf(fields.object('match')),
    times: fields.raw('times') === 'always' ? ('always' as const) : fields.count('times'),
    skip: fields.count('skip'),
    ms: fields.count('ms'),
    code: codeOf(fields, fault),
    shouldRetry: fields.flag('shouldRetry'),
    status: statusOf(fields),
    type: fields.text('type'),
    message: fields.text('message'),
    param: fields.text('param'),
    stored: fields.flag('stored'),
    afterCommit: fields.flag('afterCommit'),
    body: fields.raw('body'),
  };
  return core.faults.add({ fault, ...defined(options) });
}

const SHARED = ['fault', 'match', 'times', 'skip'];

const WITHOUT_STRIPE: FaultName[] = ['html_200', 'html_502', 'json_503_without_error'];

/** A field that a fault does not heed is refused: it would script something else than was meant. */
const ONLY_FOR: Record<string, FaultName[]> = {
  ms: ['latency', 'hang_before', 'hang_after_commit'],
  code: ['rate_limited', 'stripe_error'],
  shouldRetry: ['rate_limited', 'stripe_error'],
  status: ['stripe_error'],
  type: ['stripe_error'],
  message: ['stripe_error'],
  param: ['stripe_error'],
  stored: ['stripe_error'],
  afterCommit: WITHOUT_STRIPE,
  body: ['wrong_object_200'],
};

function checkFields(fields: Fields, fault: FaultName): void {
  for (const [name, faults] of Object.entries(ONLY_FOR)) {
    if (fields.raw(name) === undefined || faults.includes(fault)) continue;
    throw new ControlError(`${name} is for ${faults.join(' and ')}: ${fault} does not heed it`);
  }
}

function codeOf(fields: Fields, fault: FaultName): string | undefined {
  return fault === 'rate_limited'
    ? fields.oneOf('code', ['rate_limit', 'lock_timeout'])
    : fields.text('code');
}

function statusOf(fields: Fields): number | undefined {
  const status = fields.integer('status');
  if (status === undefined || (status >= 400 && status < 600)) return status;
  throw new ControlError('status must lie between 400 and 599');
}

function matchOf(match: unknown): FaultMatch | undefined {
  if (match === undefined) return undefined;
  const names = ['method', 'path', 'idempotencyKey', 'destination', 'transferGroup'] as const;
  const fields = new Fields(match, ...names);
  return defined(Object.fromEntries(names.map((name) => [name, fields.text(name)]))) as FaultMatch;
}

function clearFaults(core: Core, id?: string): object {
  core.faults.clear(id);
  return { faults: core.faults.list() };
}
