// GraphQL over WebSocket (graphql-transport-ws): the same schema, context and errors as over HTTP.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, execute, type GraphQLError, subscribe } from 'graphql';
import { CloseCode, type Context as SocketOptions, type SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Identify, Identity } from './context.js';
import type { Yoga } from './server.js';

export interface WebSocketOptions {
  server: Server;
  yoga: Yoga;
  identify: Identify;
}

/** 64 kB: a subscription is small, and a frame is held in memory as a whole. */
const LARGEST_MESSAGE = 64 * 1024;

interface Extra extends Record<PropertyKey, unknown> {
  identity?: Identity;
  expiry?: NodeJS.Timeout;
}

/** Serves `/graphql` on the HTTP server's sockets. @returns what ends all sockets with 1001 */
export function serveWebSocket({ server, yoga, identify }: WebSocketOptions): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== yoga.graphqlEndpoint) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  };
  server.on('upgrade', onUpgrade);
  const disposable = useServer<{ authorization?: string }, Extra>(
    {
      connectionInitWaitTimeout: 10_000,
      onConnect: (context) => signIn(context, identify),
      onDisconnect: ({ extra }) => clearTimeout(extra.expiry),
      onSubscribe: (context, _id, payload) => prepare(yoga, context.extra.identity, payload),
      execute: (args) => run(args, 'execute'),
      subscribe: (args) => run(args, 'subscribe'),
    },
    sockets,
  );
  return async () => {
    server.off('upgrade', onUpgrade);
    await disposable.dispose();
  };
}

/** A socket is as good as its token: none without one (4403), and closed when it expires (4403). */
async function signIn(
  context: SocketOptions<{ authorization?: string }, Extra & { socket?: { close(code: number, why: string): void } }>,
  identify: Identify,
): Promise<boolean> {
  const { extra, connectionParams } = context;
  const identity = await identify(connectionParams?.authorization).catch(() => null);
  if (!identity) return false;
  extra.identity = identity;
  extra.expiry = setTimeout(
    () => extra.socket?.close(CloseCode.Forbidden, 'Token expired'),
    Math.min(identity.expiresAt - Date.now(), LONGEST_TIMER),
  );
  return true;
}

/** `setTimeout` fires at once for more than this. */
const LONGEST_TIMER = 2 ** 31 - 1;

type Prepared = ExecutionArgs & { rootValue: { execute: typeof execute; subscribe: typeof subscribe } };

/** Runs Yoga's own pipeline for each operation, so that no rule holds over HTTP alone. */
async function prepare(
  yoga: Yoga,
  socketIdentity: Identity | undefined,
  payload: SubscribePayload,
): Promise<Prepared | readonly GraphQLError[]> {
  const enveloped = yoga.getEnveloped({ socketIdentity, params: payload });
  const document = enveloped.parse(payload.query);
  const errors = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) return errors;
  return {
    schema: enveloped.schema,
    document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue: await enveloped.contextFactory(),
    rootValue: { execute: enveloped.execute, subscribe: enveloped.subscribe },
  } as Prepared;
}

function run(args: ExecutionArgs, how: 'execute' | 'subscribe') {
  const prepared = args as Prepared;
  return prepared.rootValue[how](prepared);
}
