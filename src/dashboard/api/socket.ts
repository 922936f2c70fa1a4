// One socket for all subscriptions. It comes back by itself, at once when the network or the reader does, and goes on behind
// the last change that was heard.
import { type Client, createClient } from 'graphql-ws';
import type { SubscriptionForwarder } from 'urql';
import { endSession, session, tokenNow } from '../session/session.js';
import type { Token } from '../session/token.js';
import { createChannel, createStore, type Store } from '../store.js';

export interface Socket {
  forward: SubscriptionForwarder;
  /** `waiting`: it was there and will be again. */
  standing: Store<'opening' | 'open' | 'waiting'>;
  /** Told whenever it stands; `again`: it had stood before. */
  opened: { listen(listener: (again: boolean) => void): () => void };
  /** Where the subscription to payouts goes on; null: from now on. */
  cursor: Store<string | null>;
  close(): void;
}

const PING_MS = 5_000;
const ANSWER_MS = 3_000;
const LONGEST_WAIT_MS = 15_000;
const TOKEN_ENDED = 4403;

export function createSocket(): Socket {
  const standing = createStore<'opening' | 'open' | 'waiting'>('opening');
  const opened = createChannel<boolean>();
  const cursor = createStore<string | null>(null);
  const waking = wakeUps();
  let hangUp: ReturnType<typeof setTimeout> | undefined;
  let open: WebSocket | null = null;
  let again = false;
  let closing = false;
  const client: Client = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    // Asked for each connection, so that each has a token that holds.
    connectionParams: () => ({ authorization: `Bearer ${tokenNow()}` }),
    // Whatever closed it, but a token that has ended does not hold again.
    shouldRetry: (event) => (event as CloseEvent).code !== TOKEN_ENDED,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => waking.wait(Math.random() * Math.min(LONGEST_WAIT_MS, 400 * 2 ** retries)),
    // A network that went away says nothing.
    keepAlive: PING_MS,
    on: {
      ping: (received) => {
        if (!received) hangUp = setTimeout(() => client.terminate(), ANSWER_MS);
      },
      pong: () => clearTimeout(hangUp),
      connected: (socket) => {
        open = socket as WebSocket;
        standing.set('open');
        opened.tell(again);
        again = true;
      },
      closed: (event) => {
        clearTimeout(hangUp);
        open = null;
        standing.set('waiting');
        if (!closing && (event as CloseEvent).code === TOKEN_ENDED) endSession('expired');
      },
    },
  });
  const gone = () => client.terminate();
  addEventListener('offline', gone);
  const stopRenewing = renewing(() => open);
  return {
    forward: (request) => ({
      subscribe: (sink) => ({ unsubscribe: client.subscribe(operationOf(request, cursor), sink as never) }),
    }),
    standing,
    opened,
    cursor,
    close() {
      closing = true;
      removeEventListener('offline', gone);
      stopRenewing();
      waking.stop();
      // One that was still being opened may be refused meanwhile: nobody waits for it any more.
      Promise.resolve(client.dispose()).catch(() => undefined);
    },
  };
}

/** A fresh token is told to the open socket, which goes on with it. Somebody else's is not its own: they get another. */
function renewing(open: () => WebSocket | null): () => void {
  let told = signedIn();
  return session.subscribe(() => {
    const token = signedIn();
    if (!token || token.text === told?.text || token.whose !== told?.whose) return;
    told = token;
    open()?.send(JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${token.text}` } }));
  });
}

function signedIn(): Token | null {
  const now = session.get();
  return now.state === 'in' ? now.token : null;
}

/** Its variables are read anew for each connection, as graphql-ws sends the operation again. */
function operationOf(request: Parameters<SubscriptionForwarder>[0], cursor: Store<string | null>) {
  const goesOn = request.operationName === 'WatchPayouts';
  return {
    // The protocol wants a text; the hash in the extensions decides.
    query: request.query ?? '',
    operationName: request.operationName,
    extensions: request.extensions,
    get variables() {
      return { ...(request.variables as object), ...(goesOn && cursor.get() ? { after: cursor.get() } : {}) };
    },
  };
}

/** Waits that end early when the network is back, or somebody looks at the page again. */
function wakeUps() {
  const waiting = new Set<() => void>();
  const wake = () => {
    if (document.visibilityState === 'visible') for (const end of [...waiting]) end();
  };
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);
  return {
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        waiting.add(end);
      }),
    stop() {
      removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
    },
  };
}
