// What a socket may send that is no operation, and so charged to nobody: pings, which are answered. And answers that nobody
// takes, whatever they answer: a socket that sends and does not read is not read itself until it does.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** In the range that an application may use; as HTTP's 429. */
export const TOO_MANY_REQUESTS = 4429;

/** Pings and pongs, of the protocol and of WebSocket itself: five a second. */
const MOST_PINGS = 300;
const WINDOW_MS = 60_000;

/** Bytes of answers that wait for it. Changes alone never come to as much: see outbox.ts. */
const MOST_UNREAD = 256 * 1024;

/** Milliseconds that one who does not stop has for the close frame. */
const GOODBYE_MS = 2_000;

/** What each socket has left, and since when. */
const windows = new WeakMap<WebSocket, { left: number; since: number }>();

/** Closes a socket that sends too many. */
export function countPing(socket: WebSocket | undefined): void {
  if (!socket) return;
  const now = Date.now();
  const known = windows.get(socket);
  const current = known && now - known.since < WINDOW_MS ? known : { left: MOST_PINGS, since: now };
  windows.set(socket, current);
  current.left -= 1;
  if (current.left < 0) closeForGood(socket, 'Too many pings');
}

/** @param stream what `socket` itself writes to */
export function waitForReaders(socket: WebSocket, stream: Duplex): void {
  socket.on('ping', () => countPing(socket));
  socket.on('message', () => {
    if (socket.isPaused || socket.bufferedAmount < MOST_UNREAD) return;
    socket.pause();
    stream.once('drain', () => socket.resume());
  });
}

/** Closes a socket that may go on sending: what still comes is not looked at. Safe to call again. */
export function closeForGood(socket: WebSocket, reason: string): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.removeAllListeners('message');
  socket.close(TOO_MANY_REQUESTS, reason);
  const force = setTimeout(() => socket.terminate(), GOODBYE_MS);
  socket.once('close', () => clearTimeout(force));
}
