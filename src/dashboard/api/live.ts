// What the server says of by itself: each change of a payout, once and in order, and alerts. Changes go into the cache as
// they come; pages that show more than rows (sums, histories) listen here and ask anew.
import type { Client } from 'urql';
import {
  type TypedDocumentString,
  WatchAlertsDocument,
  WatchPayoutsDocument,
  type WatchPayoutsSubscription,
} from '../gql/graphql.js';
import { type Channel, createChannel, type Store } from '../store.js';
import { nodeOf } from './documents.js';
import { codesOf } from './errors.js';
import type { Socket } from './socket.js';

export type Change = WatchPayoutsSubscription['payoutStatusChanged'];

export interface Live {
  changes: Channel<Change>;
  alerts: Channel<void>;
  /** What was read before may be old: the connection was lost, or its place in the log. */
  stale: Channel<void>;
  standing: Socket['standing'];
  /** What a subscription tells goes into the cache, where pages read. @returns what ends it */
  follow<Data, Variables extends object>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): () => void;
  /** @param history of the payout that changed last: the subscription begins there, so that nothing lies between */
  begin(history: readonly { cursor: string }[], forAdmins: boolean): () => void;
}

/** After an error that is no lost connection. */
const AGAIN_MS = 10_000;

export function createLive(client: Client, socket: Socket): Live {
  const changes = createChannel<Change>();
  const alerts = createChannel<void>();
  const stale = createChannel<void>();
  return {
    changes,
    alerts,
    stale,
    standing: socket.standing,
    follow: (document, variables) => follow(client, document, variables),
    begin(history, forAdmins) {
      socket.cursor.set(history.at(-1)?.cursor ?? null);
      const stops = [
        socket.opened.listen((again) => {
          if (again || socket.cursor.get() === null) stale.tell();
        }),
        watch(client, socket.cursor, { changes, stale }),
        ...(forAdmins ? [follow(client, WatchAlertsDocument, {}, () => alerts.tell())] : []),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

interface Told {
  changes: Channel<Change>;
  stale: Channel<void>;
}

function watch(client: Client, cursor: Store<string | null>, { changes, stale }: Told): () => void {
  const lost = () => {
    cursor.set(null);
    stale.tell();
    return 0;
  };
  return keepOn((failed) => {
    const told = client.subscription(nodeOf(WatchPayoutsDocument), {});
    const { unsubscribe } = told.subscribe(({ data, error }) => {
      if (error) return failed(codesOf(error).includes('CURSOR_EXPIRED') ? lost() : AGAIN_MS);
      if (data) hear(data.payoutStatusChanged);
    });
    return unsubscribe;
  });
  function hear(change: Change): void {
    cursor.set(change.cursor);
    changes.tell(change);
  }
}

function follow<Data, Variables extends object>(
  client: Client,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  hear: () => void = () => undefined,
): () => void {
  return keepOn((failed) => {
    const told = client.subscription(nodeOf(document), variables);
    const { unsubscribe } = told.subscribe(({ error }) => (error ? failed(AGAIN_MS) : hear()));
    return unsubscribe;
  });
}

/** Begins anew whenever it has failed, after so many milliseconds. */
function keepOn(begin: (failed: (ms: number) => void) => () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: (() => void) | undefined;
  const start = () => {
    stop = begin((ms) => {
      stop?.();
      clearTimeout(timer);
      timer = setTimeout(start, ms);
    });
  };
  start();
  return () => {
    clearTimeout(timer);
    stop?.();
  };
}
