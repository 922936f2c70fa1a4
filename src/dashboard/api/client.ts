// The way to the API: queries and mutations over HTTP, changes over one socket, both by the hashes of documents that the
// server knows. All goes through one cache but lists without an end, which hold their own rows.

import { persistedExchange } from '@urql/exchange-persisted';
import { Client, type Exchange, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { endSession, tokenNow } from '../session/session.js';
import { type Channel, createChannel } from '../store.js';
import { createCache } from './cache.js';
import { hashOf } from './documents.js';
import { codesOf } from './errors.js';
import { createLive, type Live } from './live.js';
import { createSocket } from './socket.js';

export interface Api {
  client: Client;
  /** Without the cache, which remembers whatever it has ever shown: for lists that have no end. */
  lists: Client;
  live: Live;
  /** Whatever the server has answered or told; lists find newer states of their rows in it. */
  answers: Channel<unknown>;
  close(): void;
}

export function createApi(): Api {
  const socket = createSocket();
  const answers = createChannel<unknown>();
  const watched = mapExchange({
    onResult: ({ data }) => void (data && answers.tell(data)),
    onError(error) {
      if (codesOf(error).includes('UNAUTHENTICATED')) endSession('expired');
    },
  });
  const client = clientOf([
    createCache(),
    watched,
    byHash(),
    fetchExchange,
    subscriptionExchange({ forwardSubscription: socket.forward }),
  ]);
  const lists = clientOf([watched, byHash(), fetchExchange]);
  const live = createLive(client, socket);
  return { client, lists, live, answers, close: () => socket.close() };
}

const clientOf = (exchanges: Exchange[]) =>
  new Client({
    url: '/graphql',
    preferGetMethod: false,
    // Asked for each request: a fresh token may have come.
    fetchOptions: () => ({ headers: { authorization: `Bearer ${tokenNow()}` } }),
    exchanges,
  });

const byHash = () =>
  persistedExchange({
    preferGetForPersistedQueries: false,
    enforcePersistedQueries: true,
    enableForMutation: true,
    enableForSubscriptions: true,
    generateHash: async (_, document) => hashOf(document),
  });
