// From a decoded request to its answer: key, version, rate, idempotency, validation, execution, in the order
// in which Stripe does them. The answer is kept under the key in the transaction that makes what it reports.
import { updateAccount } from './accounts.js';
import type { ApiCall, ApiRoute, Work } from './api-call.js';
import { BY_CONTROL, type Change, type Core, change, changeByControl, platform } from './core.js';
import {
  ApiError,
  accountInvalid,
  invalid,
  scripted,
  serverError,
  unauthorized,
  unknownUrl,
} from './errors.js';
import { expand } from './expand.js';
import type { QueuedFault } from './fault-types.js';
import { beginKey, findStored, type KeyedRequest, keep } from './idempotency.js';
import { API_VERSION } from './objects.js';
import { Params } from './reader.js';
import { type Reply, refusal, replay, success } from './reply.js';
import { findRoute } from './router.js';
import { ACCOUNT_ROUTES } from './routes-accounts.js';
import { MONEY_ROUTES } from './routes-money.js';
import { TRANSFER_ROUTES } from './routes-transfers.js';

const ROUTES: ApiRoute[] = [...TRANSFER_ROUTES, ...ACCOUNT_ROUTES, ...MONEY_ROUTES];

/** What came of a request. */
export interface Outcome {
  reply: Reply;
  replayed: boolean;
  /** Events that are owed now that it is done. */
  deliveries: string[];
  /** The faults that it met on the way. */
  faults: QueuedFault[];
}

/**
 * Answers a request; what Stripe would refuse comes back as a refusal.
 * Resolves to undefined when the simulator shut down before it was executed. Throws only on a bug or a full disk.
 */
export async function execute(core: Core, call: ApiCall): Promise<Outcome | undefined> {
  try {
    const apiKey = authenticate(core, call);
    const found = findRoute(ROUTES, call.method, call.path);
    if (!found) throw unknownUrl(call.method, call.path);
    checkAccount(core, call, apiKey, found.route);
    const stored = isKeyed(call) ? findStored(core, call) : undefined;
    if (stored) return plain(replay(stored), true);
    const params = new Params(call.tree);
    const prepare = () => found.route.handle({ core, params, ids: found.ids, account: call.account, apiKey });
    return await run(core, call, prepare, params);
  } catch (error) {
    if (error instanceof ApiError) return plain(refusal(error, call.id), false);
    throw error;
  }
}

function plain(reply: Reply, replayed: boolean): Outcome {
  return { reply, replayed, deliveries: [], faults: [] };
}

async function run(
  core: Core,
  call: ApiCall,
  prepare: () => Work,
  params: Params,
): Promise<Outcome | undefined> {
  const endKey = isKeyed(call) ? beginKey(core, call) : () => {};
  try {
    const work = prepare();
    const paths = params.list('expand');
    const modifiers = core.faults.takeModifiers(call);
    const latency = modifiers.get('latency');
    // The client may give up meanwhile; the request is executed all the same, as a slow server does.
    if (latency && (await core.waits.pause(latency.ms)) === 'closed') return undefined;
    if (modifiers.has('capability_off_before_transfer')) switchOff(core, call.destination);
    const fault = core.faults.take('execution', call);
    const expanded: Work = (made) => expand(made.tx, work(made), paths);
    const outcome = commit(core, call, expanded, fault);
    return { ...outcome, faults: [...modifiers.values(), ...(fault ? [fault] : [])] };
  } finally {
    endKey();
  }
}

function commit(core: Core, call: ApiCall, work: Work, fault: QueuedFault | undefined): Outcome {
  const cause = call.method === 'GET' ? BY_CONTROL : { id: call.id, idempotencyKey: call.idempotencyKey };
  try {
    const { result: reply, deliveries } = change(core, cause, (made) => {
      const body = fault && fault.fault !== 'error_500_after_commit' ? {} : work(made);
      const reply = fault ? refusal(errorOf(fault), call.id) : success(body);
      keepReply(made, call, reply);
      return reply;
    });
    return { ...plain(reply, false), deliveries };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const reply = refusal(error, call.id);
    change(core, cause, (made) => keepReply(made, call, reply));
    return plain(reply, false);
  }
}

function errorOf(fault: QueuedFault): ApiError {
  return fault.fault === 'stripe_error' ? scripted(fault) : serverError();
}

function keepReply({ core, tx }: Change, call: ApiCall, reply: Reply): void {
  if (isKeyed(call)) keep(core, tx, call, reply.status, reply.body);
}

// Stripe ignores keys on GET and DELETE, which are idempotent by themselves.
function isKeyed(call: ApiCall): call is ApiCall & KeyedRequest {
  return call.method === 'POST' && call.idempotencyKey !== null;
}

function authenticate({ options }: Core, { apiKey, version }: ApiCall): string {
  const { apiKeys } = options;
  const known = apiKeys ? apiKeys.includes(apiKey ?? '') : /^sk_test_\w+$/.test(apiKey ?? '');
  if (apiKey === null || !known) throw unauthorized(apiKey);
  if (version !== null && version !== API_VERSION) {
    throw invalid(`Invalid Stripe API version: ${version}. The simulator speaks ${API_VERSION} only.`);
  }
  return apiKey;
}

function checkAccount(core: Core, call: ApiCall, apiKey: string, route: ApiRoute): void {
  if (call.account === null) return;
  if (call.account === platform(core).accountId) {
    call.account = null;
    return;
  }
  const row = core.store.get('accounts', call.account);
  if (!row || row.deleted) throw accountInvalid(apiKey, call.account);
  if (!route.connected) throw invalid(`The simulator does not act for connected accounts on ${call.path}.`);
}

function switchOff(core: Core, destination: string | null): void {
  const row = core.store.get('accounts', destination ?? '');
  if (row && !row.deleted)
    changeByControl(core, (made) => updateAccount(made, row.id, { transfers: 'inactive' }));
}
