// GraphQL over WebSocket (graphql-transport-ws): the same schema, context and errors as over HTTP.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, execute, GraphQLError, subscribe } from 'graphql';
import { CloseCode, type Context as SocketOptions, type SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Identify, Identity } from './context.js';
import { LONGEST_TIMER_MS } from './expiry.js';
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

/** Milliseconds that a closed socket may take to say goodbye. */
const GOODBYE_MS = 2_000;

/** Serves `/graphql` on the HTTP server's sockets. @returns what ends all sockets with 1001 */
export function serveWebSocket({ server, yoga, identify }: WebSocketOptions): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request, yoga);
    if (refusal) refuse(socket, refusal);
    else sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  };
  server.on('upgrade', onUpgrade);
  const disposable = useServer<{ authorization?: string }, Extra>(
    {
      connectionInitWaitTimeout: 10_000,
      onConnect: (context) => signIn(context, identify, yoga),
      onDisconnect: ({ extra }) => clearTimeout(extra.expiry),
      onSubscribe: (context, _id, payload) => prepare(yoga, context.extra.identity, payload),
      onError: (_context, _id, _payload, errors) => errors.map((e) => yoga.maskError(e).toJSON()),
      execute: (args) => run(args, 'execute'),
      subscribe: (args) => run(args, 'subscribe'),
    },
    sockets,
  );
  sockets.on('connection', leaveErrorsToWs);
  return async () => {
    server.off('upgrade', onUpgrade);
    const force = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, GOODBYE_MS);
    await disposable.dispose();
    clearTimeout(force);
  };
}

/** A frame that is broken or too large closes its socket, by itself. graphql-ws would print what any client can cause. */
function leaveErrorsToWs(socket: WebSocket): void {
  socket.removeAllListeners('error');
  socket.on('error', () => undefined);
}

/** Why this handshake does not become a socket: the status line's end. */
function refusalOf({ url, headers }: IncomingMessage, yoga: Yoga): string | null {
  if (url?.split('?')[0] !== yoga.graphqlEndpoint) return '404 Not Found';
  return yoga.allowsOrigin(headers.origin, headers.host) ? null : '403 Forbidden';
}

function refuse(socket: Duplex, status: string): void {
  // Nobody else listens to this socket any more: an unheard reset would end the process.
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** A socket is as good as its token: none without one (4403), and closed when it expires (4403). */
async function signIn(
  context: SocketOptions<
    { authorization?: string },
    Extra & { socket?: { close(code: number, why: string): void } }
  >,
  identify: Identify,
  yoga: Yoga,
): Promise<boolean> {
  const { extra, connectionParams } = context;
  const identity = await identify(connectionParams?.authorization).catch((error: { code?: unknown }) => {
    // A key set that does not answer is no fault of the token's: the log must say so.
    if (error.code !== 'INVALID_TOKEN') yoga.maskError(error);
    return null;
  });
  if (!identity) return false;
  extra.identity = identity;
  extra.expiry = setTimeout(
    () => extra.socket?.close(CloseCode.Forbidden, 'Token expired'),
    Math.min(identity.expiresAt - Date.now(), LONGEST_TIMER_MS),
  );
  return true;
}

type Prepared = ExecutionArgs & { rootValue: { execute: typeof execute; subscribe: typeof subscribe } };

/** Runs Yoga's own pipeline for each operation, so that no rule holds over HTTP alone. */
async function prepare(
  yoga: Yoga,
  socketIdentity: Identity | undefined,
  payload: SubscribePayload,
): Promise<Prepared | readonly GraphQLError[]> {
  try {
    return await prepareOrThrow(yoga, socketIdentity, payload);
  } catch (error) {
    // Thrown on, it would close the socket under all its other subscriptions.
    return [yoga.maskError(error)];
  }
}

async function prepareOrThrow(
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
