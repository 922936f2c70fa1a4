// Subscribers over both transports that go on with the cursor of the last change that they have heard, whatever closes
// their connection.
import { setTimeout as sleep } from 'node:timers/promises';
import { RawSocket } from '../../graphql/raw-socket.js';
import { openEvents } from '../../graphql/sse.js';

export interface Listener {
  name: string;
  /** The cursors that it heard, in order. */
  heard: string[];
  /** How each of its connections ended: a code of a socket, or `ended` for a stream. */
  ends: (number | 'ended')[];
  /** What it was told and is no change. */
  errors: string[];
  stop(): void;
}

const QUERY = 'subscription ($after: String) { payoutStatusChanged(after: $after) { cursor } }';
const RETRY_MS = 50;

interface Place {
  url: string;
  token: string;
  /** The cursor to begin after. */
  after: string;
}

type Connect = (place: Place, listener: Listener, stopped: AbortSignal) => Promise<number | 'ended'>;

export const listenOverSocket = (place: Place) => listen('socket', place, overSocket);
export const listenOverEvents = (place: Place) => listen('events', place, overEvents);

function listen(name: string, place: Place, connect: Connect): Listener {
  const stop = new AbortController();
  const listener: Listener = { name, heard: [], ends: [], errors: [], stop: () => stop.abort() };
  const goOn = async () => {
    while (!stop.signal.aborted) {
      const after = listener.heard.at(-1) ?? place.after;
      const end = await connect({ ...place, after }, listener, stop.signal).catch(() => null);
      if (stop.signal.aborted) return;
      if (end !== null) listener.ends.push(end);
      await sleep(RETRY_MS);
    }
  };
  void goOn();
  return listener;
}

async function overSocket({ url, token, after }: Place, listener: Listener, stopped: AbortSignal) {
  const socket = new RawSocket(url);
  stopped.addEventListener('abort', () => socket.socket.terminate());
  socket.socket.on('open', () =>
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
  );
  socket.socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.type === 'connection_ack') socket.subscribe('1', { query: QUERY, variables: { after } });
    else if (message.type === 'next') take(listener, message.payload);
    else if (message.type === 'error') listener.errors.push(JSON.stringify(message.payload));
  });
  return socket.closed;
}

async function overEvents({ url, token, after }: Place, listener: Listener, stopped: AbortSignal) {
  const { events, abort } = await openEvents(url, { query: QUERY }, token, { 'last-event-id': after });
  stopped.addEventListener('abort', abort);
  try {
    for await (const event of events) take(listener, event);
  } catch {
    // It was cut off, as a stream of an instance that ends is.
  }
  return 'ended' as const;
}

// biome-ignore lint/suspicious/noExplicitAny: what is no change is told
function take(listener: Listener, { data, errors }: any): void {
  if (errors) listener.errors.push(JSON.stringify(errors));
  else listener.heard.push(data.payoutStatusChanged.cursor);
}
