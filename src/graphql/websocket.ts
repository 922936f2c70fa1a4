// GraphQL over WebSocket (graphql-transport-ws): the same schema, context and errors as over HTTP.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Identify } from './context.js';
import type { Yoga } from './server.js';
import { countPing, waitForReaders } from './socket-flood.js';
import { prepare, runOnce, runStream, toWire } from './socket-operation.js';
import { createSignIn, type SocketExtra } from './socket-sign-in.js';

export interface WebSocketOptions {
  server: Server;
  yoga: Yoga;
  identify: Identify;
  /** Where a handshake comes from. */
  addressOf: (request: IncomingMessage) => string;
  /** Frames that may wait for one socket; 5,000 unless told. */
  mostWaiting?: number;
}

const MOST_WAITING = 5_000;

/** 64 kB: a subscription is small, and a frame is held in memory as a whole. */
const LARGEST_MESSAGE = 64 * 1024;

/** Milliseconds that a closed socket may take to say goodbye. */
const GOODBYE_MS = 2_000;

/** Serves `/graphql` on the HTTP server's sockets. @returns what ends all sockets with 1001 */
export function serveWebSocket(options: WebSocketOptions): () => Promise<void> {
  const { server, yoga, identify, addressOf, mostWaiting = MOST_WAITING } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusalOf(request, yoga);
    if (refusal) refuse(socket, refusal);
    else sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  };
  server.on('upgrade', onUpgrade);
  const disposable = useServer<{ authorization?: unknown }, SocketExtra>(
    {
      connectionInitWaitTimeout: 10_000,
      ...createSignIn({ yoga, identify, addressOf, mostWaiting }),
      onPong: ({ extra }) => countPing(extra.socket),
      onSubscribe: (context, id, payload) => prepare(yoga, context, id, payload),
      onError: (_context, _id, _payload, errors) => errors.map((e) => toWire(yoga.maskError(e))),
      execute: runOnce,
      subscribe: runStream,
    },
    sockets,
  );
  sockets.on('connection', leaveErrorsToWs);
  sockets.on('connection', refuseServersWords);
  sockets.on('connection', (socket, { socket: stream }) => waitForReaders(socket, stream));
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

const OF_SERVERS: ReadonlySet<unknown> = new Set(['connection_ack', 'next', 'error']);
const MAY_BE_OF_SERVERS = /"(?:connection_ack|next|error)"/;

/**
 * What only a server says closes its socket with 4400, and goes no further: graphql-ws would print each, signed in or not,
 * and say 4500. Looked at before graphql-ws does, since a reviver would go down into whatever a message holds.
 */
function refuseServersWords(socket: WebSocket): void {
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...told: unknown[]) => {
    if (event !== 'message' || !isServersWord(String(told[0]))) return emit(event, ...told);
    socket.close(4400, 'Invalid message received');
    return true;
  };
}

function isServersWord(text: string): boolean {
  if (!MAY_BE_OF_SERVERS.test(text)) return false;
  try {
    const message: unknown = JSON.parse(text);
    return (
      typeof message === 'object' && message !== null && 'type' in message && OF_SERVERS.has(message.type)
    );
  } catch {
    return false;
  }
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
