// The way to the API: queries and mutations over HTTP, changes over one socket, both by the hashes of documents that the
// server knows, all through one cache.

import { persistedExchange } from '@urql/exchange-persisted';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { endSession } from '../session/session.js';
import { createCache } from './cache.js';
import { hashOf } from './documents.js';
import { codesOf } from './errors.js';
import { createLive, type Live } from './live.js';
import { createSocket } from './socket.js';

export interface Api {
  client: Client;
  live: Live;
  close(): void;
}

export function createApi(token: string): Api {
  const socket = createSocket(token);
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    exchanges: [
      mapExchange({
        onError(error) {
          if (codesOf(error).includes('UNAUTHENTICATED')) endSession('expired');
        },
      }),
      createCache(),
      persistedExchange({
        preferGetForPersistedQueries: false,
        enforcePersistedQueries: true,
        enableForMutation: true,
        enableForSubscriptions: true,
        generateHash: async (_, document) => hashOf(document),
      }),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: socket.forward }),
    ],
  });
  const live = createLive(client, socket);
  return { client, live, close: () => socket.close() };
}
