// Who a socket belongs to: it is as good as its token. None without one (4403), and closed when it expires (4403), unless
// a fresh one of the same user came before, with a ping; closed too when its creator is one no more (4403). To sign in is
// charged, good token or not (4429).
import type { IncomingMessage } from 'node:http';
import { CloseCode, type Context } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Identity, Viewer } from '../payouts/viewer.js';
import type { Identify } from './context.js';
import { LONGEST_TIMER_MS } from './expiry.js';
import type { Yoga } from './server.js';
import { closeForGood, countPing, TOO_MANY_REQUESTS } from './socket-flood.js';
import { Outbox } from './streams/outbox.js';

/** What is kept beside a socket; the first two are of the library's making. */
export interface SocketExtra extends Record<PropertyKey, unknown> {
  socket?: WebSocket;
  request?: IncomingMessage;
  identity?: Identity;
  expiry?: NodeJS.Timeout;
  outbox?: Outbox;
  /** Gives back its place among the user's sockets, and is watched no more. */
  release?: () => void;
}

type SignInContext = Pick<Context<{ authorization?: unknown }, SocketExtra>, 'connectionParams' | 'extra'>;
type PingContext = Pick<Context<Record<string, unknown>, SocketExtra>, 'extra'>;

export interface SignIn {
  onConnect(context: SignInContext): Promise<boolean>;
  onPing(context: PingContext, payload: Record<string, unknown> | undefined): Promise<void>;
  onDisconnect(context: PingContext): void;
}

interface SignInOptions {
  yoga: Yoga;
  identify: Identify;
  addressOf: (request: IncomingMessage) => string;
  /** Frames that may wait for one socket. */
  mostWaiting: number;
}

export function createSignIn({ yoga, identify, addressOf, mostWaiting }: SignInOptions): SignIn {
  const identifyToken = (authorization: unknown) =>
    identify(typeof authorization === 'string' ? authorization : null).catch((error: { code?: unknown }) => {
      // A key set that does not answer is no fault of the token's: the log must say so.
      if (error.code !== 'INVALID_TOKEN') yoga.maskError(error);
      return null;
    });
  /** Charged like a request without a token: guesses cost the same on both transports. */
  const refuse = async (extra: SocketExtra) => {
    const { request } = extra;
    await isAdmitted(extra, yoga.admission.admitStranger(request ? addressOf(request) : ''));
    return false;
  };
  return {
    async onConnect({ extra, connectionParams }) {
      const identity = await identifyToken(connectionParams?.authorization);
      if (!identity) return refuse(extra);
      if (!(await isAdmitted(extra, yoga.admission.admitSignIn(identity)))) return false;
      const release = yoga.open.sockets.take(identity.viewer.sub);
      if (!release) {
        extra.socket?.close(TOO_MANY_REQUESTS, 'Too many sockets');
        return false;
      }
      // It may have hung up meanwhile: then nobody will tell us of its end.
      if (hasGone(extra)) {
        release();
        return false;
      }
      const { socket, request } = extra;
      if (socket && request) extra.outbox = new Outbox(socket, request.socket, mostWaiting);
      const unwatch = yoga.standing.watch(identity.viewer, () =>
        extra.socket?.close(CloseCode.Forbidden, 'No longer a creator'),
      );
      extra.release = () => {
        release();
        unwatch();
      };
      begin(extra, identity);
      return true;
    },
    async onPing({ extra }, payload) {
      countPing(extra.socket);
      if (payload?.['authorization'] === undefined) return;
      const identity = await identifyToken(payload['authorization']);
      // What comes with a ping goes back with the pong.
      delete payload['authorization'];
      if (hasGone(extra)) return;
      if (identity && isSame(identity.viewer, extra.identity?.viewer)) {
        if (await isAdmitted(extra, yoga.admission.admitSignIn(identity))) begin(extra, identity);
        return;
      }
      if (!identity) await refuse(extra);
      extra.socket?.close(CloseCode.Forbidden, 'Forbidden');
    },
    onDisconnect({ extra }) {
      clearTimeout(extra.expiry);
      extra.release?.();
    },
  };
}

/** Closes the socket of a caller who has asked too often. @param admission rejects for it */
function isAdmitted({ socket }: SocketExtra, admission: Promise<void>): Promise<boolean> {
  const refuse = () => {
    if (socket) closeForGood(socket, 'Too many requests');
    return false;
  };
  return admission.then(() => true, refuse);
}

/** From now on it is as good as this token. */
function begin(extra: SocketExtra, identity: Identity): void {
  clearTimeout(extra.expiry);
  extra.identity = identity;
  const inMs = Math.min(identity.expiresAt - Date.now(), LONGEST_TIMER_MS);
  extra.expiry = setTimeout(() => extra.socket?.close(CloseCode.Forbidden, 'Token expired'), inMs);
}

const hasGone = ({ socket }: SocketExtra) => socket !== undefined && socket.readyState !== socket.OPEN;

const isSame = (a: Viewer, b: Viewer | undefined) =>
  a.sub === b?.sub && a.role === b.role && creatorOf(a) === creatorOf(b);

const creatorOf = (viewer: Viewer) => (viewer.role === 'CREATOR' ? viewer.creatorId : null);
