// The GraphQL edge on its two transports before a real database, whose every query is counted: what is refused must not
// have asked it anything.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import type { GraphQLServices } from '../../src/graphql/context.js';
import { createGraphQL, type GraphQLOptions } from '../../src/graphql/server.js';
import { serveWebSocket } from '../../src/graphql/websocket.js';
import { createAddressOf } from '../../src/http/address.js';
import { graphqlRoute } from '../../src/http/graphql.js';
import { createIdentify, signToken } from '../../src/http/identity.js';
import { createHttpServer } from '../../src/http/server.js';
import { createCursors } from '../../src/live/cursors.js';
import type { Relay } from '../../src/live/relay.js';
import type { Viewer } from '../../src/payouts/viewer.js';
import { watchedLog } from '../support/canary.js';
import { ADMIN, JWT_SECRET, type Operation, openSocket, type QueryResult } from '../support/running-app.js';
import { createWorld, type World } from '../support/world.js';
import { overSocket } from './ask.js';

const TOKENS = { secret: JWT_SECRET, issuer: 'payouts', audience: 'payouts' };

export interface Answer {
  errors?: QueryResult['errors'];
  data?: unknown;
}

export interface Edge {
  url: string;
  world: World;
  token(viewer?: Viewer): Promise<string>;
  /** Statements and connections that the database was asked for. */
  queries(): number;
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The same operation over HTTP and over a socket, as an admin unless told otherwise. */
  ask(operation: AnyOperation, viewer?: Viewer): Promise<[http: Answer, socket: Answer]>;
  /** A bare socket that has signed in. */
  socket(): Promise<WebSocket>;
  close(): Promise<void>;
}

/** Also one that names its document in place of sending it. */
export type AnyOperation = Partial<Operation> & {
  operationName?: string;
  documentId?: string;
  extensions?: Record<string, unknown>;
};

type Options = Partial<Pick<GraphQLOptions, 'takePoints' | 'trustedDocuments' | 'ownDocuments'>> & {
  production?: boolean;
  corsOrigins?: string[];
  /** What a test needs beside what every edge has. */
  services?: (world: World) => Partial<GraphQLServices>;
};

export async function openEdge(options: Options = {}): Promise<Edge> {
  const world = await createWorld();
  const { pool, prisma } = world.db;
  // A log in which nothing ever happens.
  const live: Partial<Relay> = {
    queueLimit: 10,
    position: () => ({ xid: 0n, id: 0n }),
    listen: () => () => undefined,
    async *past() {},
  };
  const asked = [vi.spyOn(pool, 'query'), vi.spyOn(pool, 'connect')];
  const identify = createIdentify(TOKENS);
  const log = watchedLog();
  const yoga = createGraphQL({
    services: {
      ...world.deps,
      pool,
      prisma,
      live,
      cursors: createCursors(randomBytes(16)),
      balance: { pool, balance: { available: async () => ({}) }, maxRps: 1_000, patienceMs: 1_000 },
      ...options.services?.(world),
    } as unknown as GraphQLServices,
    settings: {
      production: options.production ?? false,
      streamsPerUser: 100,
      corsOrigins: options.corsOrigins ?? [],
    },
    takePoints: options.takePoints ?? (async () => 0),
    trustedDocuments: options.trustedDocuments ?? null,
    ...(options.ownDocuments && { ownDocuments: options.ownDocuments }),
    identify,
    log,
  });
  const addressOf = createAddressOf(0);
  const corsOrigins = options.corsOrigins ?? [];
  const route = graphqlRoute({ path: '/graphql', serve: yoga.serve, addressOf, corsOrigins });
  const http = createHttpServer([route], log);
  const url = `http://127.0.0.1:${await http.listen(0, '127.0.0.1')}`;
  const endSockets = serveWebSocket({ server: http.server, yoga, identify, addressOf });
  const token = (viewer = ADMIN) => signToken(TOKENS, viewer, 600);
  const post = async (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}`, ...headers },
      body: typeof body === 'string' || Buffer.isBuffer(body) ? (body as BodyInit) : JSON.stringify(body),
    });
  return {
    url,
    world,
    token,
    post,
    queries: () => asked.reduce((sum, { mock }) => sum + mock.calls.length, 0),
    async ask(operation, viewer = ADMIN) {
      const authorization = `Bearer ${await token(viewer)}`;
      const client = openSocket(url, await token(viewer));
      const answers = [
        (await (await post(operation, { authorization })).json()) as Answer,
        // The protocol wants a text, be it an empty one.
        (await overSocket(client, { query: '', ...operation })) as unknown as Answer,
      ] as const;
      await client.dispose();
      return [...answers];
    },
    async socket() {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      await once(socket, 'open');
      const payload = { authorization: `Bearer ${await token()}` };
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
      await once(socket, 'message');
      return socket;
    },
    async close() {
      await endSockets();
      await http.close();
      await world.close();
    },
  };
}
