// Control routes for scripted faults: add, list, forget, and let go of the requests that one holds.
import type { ControlInput, ControlRoute } from './control-route.js';
import type { Core } from './core.js';
import type { FaultMatch, QueuedFault } from './fault-types.js';
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
    help: `{fault, match?: {method, path, idempotencyKey, destination, transferGroup}, times?: 1 | 'always', skip?, ms?, code?, shouldRetry?, afterCommit?, body?}; fault is one of ${FAULT_NAMES.join(', ')}`,
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
  const names = ['fault', 'match', 'times', 'skip', 'ms', 'code', 'shouldRetry', 'afterCommit', 'body'];
  const fields = new Fields(body, ...names);
  const fault = fields.required('fault', fields.oneOf('fault', FAULT_NAMES));
  const afterCommit = fields.flag('afterCommit');
  if (afterCommit !== undefined && fault !== 'html_502' && fault !== 'json_503_without_error') {
    throw new ControlError(
      'afterCommit is for html_502 and json_503_without_error: the other names say when they strike',
    );
  }
  const options = {
    match: matchOf(fields.object('match')),
    times: fields.raw('times') === 'always' ? ('always' as const) : fields.count('times'),
    skip: fields.count('skip'),
    ms: fields.count('ms'),
    code: fields.oneOf('code', ['rate_limit', 'lock_timeout']),
    shouldRetry: fields.flag('shouldRetry'),
    afterCommit,
    body: fields.raw('body'),
  };
  return core.faults.add({ fault, ...defined(options) });
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
