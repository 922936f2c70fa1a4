// The live side of the API before a real database, with its counts open to the test: one relay, and the GraphQL server
// on both transports. Changes are written straight into the log; nothing is paid.
import { vi } from 'vitest';
import type { GraphQLServices } from '../../src/graphql/context.js';
import { createGraphQL, type Yoga } from '../../src/graphql/server.js';
import { serveWebSocket } from '../../src/graphql/websocket.js';
import { createAddressOf } from '../../src/http/address.js';
import { graphqlRoute } from '../../src/http/graphql.js';
import { createIdentify, signToken } from '../../src/http/identity.js';
import { createHttpServer } from '../../src/http/server.js';
import { type Cursors, createCursors, readCursorKey } from '../../src/live/cursors.js';
import { createRelay, type Relay } from '../../src/live/relay.js';
import type { Wakeup } from '../../src/live/wakeup.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { createLiveWorld, type LiveWorld, localWakeup } from '../live/support.js';
import { watchedLog } from '../support/canary.js';
import { ADMIN, JWT_SECRET } from '../support/running-app.js';

const TOKENS = { secret: JWT_SECRET, issuer: 'payouts', audience: 'payouts' };

export interface LiveEdge {
  url: string;
  world: LiveWorld;
  relay: Relay;
  cursors: Cursors;
  wakeup: Wakeup;
  open: Yoga['open'];
  /** How many listen to the relay. */
  listening(): number;
  token(viewer?: Viewer, expiresInSeconds?: number): Promise<string>;
  close(): Promise<void>;
}

export interface LiveEdgeOptions {
  streamsPerUser?: number;
  /** Entries that may wait for one subscription. */
  queueLimit?: number;
  /** Frames that may wait for one socket. */
  mostWaiting?: number;
}

export async function openLiveEdge(options: LiveEdgeOptions = {}): Promise<LiveEdge> {
  const world = await createLiveWorld();
  const { pool, prisma } = world.db;
  const [wakeup, log, identify] = [localWakeup(), watchedLog(), createIdentify(TOKENS)];
  const { queueLimit = 1_000, streamsPerUser = 100_000, mostWaiting } = options;
  const relay = createRelay({ pool, wakeup, log, pollMs: 1_000, queueLimit });
  await relay.start();
  const cursors = createCursors(await readCursorKey(pool));
  const listening = countListeners(relay);
  const yoga = createGraphQL({
    services: { pool, prisma, live: relay, cursors } as unknown as GraphQLServices,
    settings: { production: false, streamsPerUser, corsOrigins: [] },
    takePoints: async () => 0,
    trustedDocuments: null,
    identify,
    log,
  });
  const addressOf = createAddressOf(0);
  const route = graphqlRoute({ path: '/graphql', serve: yoga.serve, addressOf, corsOrigins: [] });
  const http = createHttpServer([route], log);
  const url = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
  const served = { server: http.server, yoga, identify, addressOf, ...(mostWaiting && { mostWaiting }) };
  const endSockets = serveWebSocket(served);
  return {
    url,
    world,
    relay,
    cursors,
    wakeup,
    open: yoga.open,
    listening,
    token: (viewer = ADMIN, seconds = 600) => signToken(TOKENS, viewer, seconds),
    async close() {
      await endSockets();
      await relay.stop();
      await http.close();
      await world.close();
    },
  };
}

function countListeners(relay: Relay): () => number {
  let listening = 0;
  const listen = relay.listen.bind(relay);
  vi.spyOn(relay, 'listen').mockImplementation((listener) => {
    const leave = listen(listener);
    let left = false;
    listening += 1;
    return () => {
      leave();
      if (!left) listening -= 1;
      left = true;
    };
  });
  return () => listening;
}
