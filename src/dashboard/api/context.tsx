// Hands the API to whoever is below, and the hooks by which pages read and act.
import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { useQuery } from 'urql';
import type { TypedDocumentString } from '../gql/graphql.js';
import type { Api } from './client.js';
import { nodeOf } from './documents.js';
import { type Problem, problemOf } from './errors.js';
import type { Change } from './live.js';

const ApiContext = createContext<Api | null>(null);

export const ApiProvider = ApiContext.Provider;

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('there is no API above');
  return api;
}

export interface Loaded<Data> {
  data: Data | undefined;
  problem: Problem | null;
  loading: boolean;
  reload(): void;
}

export interface LoadOptions {
  pause?: boolean;
  /** Which changes of payouts make what was read old. */
  on?: (change: Change) => boolean;
  /** Alerts do too. */
  onAlerts?: boolean;
  /** Milliseconds after which it is read again by itself, while somebody looks: for what the server tells nothing of. */
  every?: number | null;
}

/** Milliseconds in which many changes are asked for once. */
const GATHER_MS = 400;

/** Reads, shows at once what the cache has, and reads again when the server says that it is old. */
export function useLoad<Data, Variables extends object>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  { pause = false, on, onAlerts = false, every = null }: LoadOptions = {},
): Loaded<Data> {
  const [{ data, error, fetching }, execute] = useQuery({
    query: nodeOf(document),
    variables,
    pause,
    requestPolicy: 'cache-and-network',
  });
  const reload = () => execute({ requestPolicy: 'network-only' });
  useWhenStale(reload, pause ? () => false : on, onAlerts && !pause);
  useEvery(every, reload);
  return { data, problem: error ? problemOf(error) : null, loading: fetching && !data, reload };
}

function useEvery(ms: number | null, reload: () => void): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (ms === null) return;
    const look = () => document.visibilityState === 'visible' && latest.current();
    const timer = setInterval(look, ms);
    return () => clearInterval(timer);
  }, [ms]);
}

/** Calls back when what a page shows may be old, at most every so often. */
export function useWhenStale(reload: () => void, on?: (change: Change) => boolean, onAlerts = false): void {
  const { live } = useApi();
  const latest = useRef({ reload, on, onAlerts });
  latest.current = { reload, on, onAlerts };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        latest.current.reload();
      }, GATHER_MS);
    };
    const stops = [
      live.stale.listen(() => latest.current.reload()),
      live.changes.listen((change) => latest.current.on?.(change) && soon()),
      live.alerts.listen(() => latest.current.onAlerts && soon()),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [live]);
}

export type Outcome<Data> = { ok: true; data: Data } | { ok: false; problem: Problem; code: string | null };

interface Failure {
  code: string;
  message: string;
}

/** Does something, and says what came of it in one shape, whether it was refused, failed or never arrived. */
export function useAct<Data, Variables extends object>(mutation: TypedDocumentString<Data, Variables>) {
  const { client } = useApi();
  const [busy, setBusy] = useState(false);
  async function act(variables: Variables): Promise<Outcome<Data>> {
    setBusy(true);
    const { data, error } = await client.mutation(nodeOf(mutation), variables).toPromise();
    setBusy(false);
    if (error) return { ok: false, problem: problemOf(error), code: null };
    const refused = Object.values(data ?? {}).find(isFailure);
    if (!refused) return { ok: true, data: data as Data };
    return {
      ok: false,
      problem: { message: refused.message, requestId: null, offline: false },
      code: refused.code,
    };
  }
  return { act, busy };
}

const isFailure = (value: unknown): value is Failure =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
