// Who a socket belongs to: it is as good as its token. None without one (4403), and closed when it expires (4403).
import type { IncomingMessage } from 'node:http';
import { CloseCode, type Context } from 'graphql-ws';
import type { Identify, Identity } from './context.js';
import { LONGEST_TIMER_MS } from './expiry.js';
import type { Yoga } from './server.js';

/** What is kept beside a socket; the first two are of the library's making. */
export interface SocketExtra extends Record<PropertyKey, unknown> {
  socket?: { close(code: number, why: string): void };
  request?: IncomingMessage;
  identity?: Identity;
  expiry?: NodeJS.Timeout;
}

type SignInContext = Pick<Context<{ authorization?: string }, SocketExtra>, 'connectionParams' | 'extra'>;

/** In the range that an application may use; as HTTP's 429. */
const TOO_MANY_REQUESTS = 4429;

export function createSignIn(
  yoga: Yoga,
  identify: Identify,
  addressOf: (request: IncomingMessage) => string,
) {
  /** Charged like a request without a token: guesses cost the same on both transports. */
  const refuse = async ({ request, socket }: SocketExtra) => {
    const admitted = yoga.admission.admitStranger(request ? addressOf(request) : '');
    await admitted.catch(() => socket?.close(TOO_MANY_REQUESTS, 'Too many requests'));
    return false;
  };
  return async ({ extra, connectionParams }: SignInContext): Promise<boolean> => {
    // Whatever a client likes to send: a list would be read as its only item.
    const authorization: unknown = connectionParams?.authorization;
    if (typeof authorization !== 'string') return refuse(extra);
    const identity = await identify(authorization).catch((error: { code?: unknown }) => {
      // A key set that does not answer is no fault of the token's: the log must say so.
      if (error.code !== 'INVALID_TOKEN') yoga.maskError(error);
      return null;
    });
    if (!identity) return refuse(extra);
    extra.identity = identity;
    extra.expiry = setTimeout(
      () => extra.socket?.close(CloseCode.Forbidden, 'Token expired'),
      Math.min(identity.expiresAt - Date.now(), LONGEST_TIMER_MS),
    );
    return true;
  };
}
