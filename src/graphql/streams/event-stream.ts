// Server-sent events: each result with the cursor of its change as the event's id, so that whoever lost the connection
// goes on after `Last-Event-ID`.
import type { ExecutionResult } from 'graphql';
import { frameBehind } from './frame.js';

/** Milliseconds between comments that keep the connection alive. */
const ALIVE_MS = 12_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  connection: 'keep-alive',
  'cache-control': 'no-cache',
  'content-encoding': 'none',
  // Proxies that gather an answer before they pass it on let this one through.
  'x-accel-buffering': 'no',
};

const COMMENT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/** What Yoga makes answers of. */
type Web = Pick<typeof globalThis, 'Response' | 'ReadableStream' | 'TextEncoder'>;

/** @param beginning the cursor after which the results begin: an id by itself, which no reader takes for an event */
export function toEventStream(
  results: AsyncIterable<ExecutionResult>,
  { Response, ReadableStream, TextEncoder }: Web,
  beginning?: string,
): Response {
  const iterator = results[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let alive: NodeJS.Timeout | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      // Some clients see no answer before its first bytes.
      send(beginning ? `id: ${beginning}\n\n` : COMMENT);
      alive = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) send(COMMENT);
      }, ALIVE_MS);
    },
    async pull(controller) {
      const { value, done } = await iterator.next().catch((error: unknown) => {
        clearInterval(alive);
        throw error;
      });
      controller.enqueue(encoder.encode(done ? COMPLETE : eventOf(value)));
      if (!done) return;
      clearInterval(alive);
      controller.close();
    },
    async cancel() {
      clearInterval(alive);
      await iterator.return?.();
    },
  });
  return new Response(stream, { headers: HEADERS });
}

function eventOf(result: ExecutionResult): string {
  const frame = frameBehind(result);
  const id = frame ? `id: ${frame.cursor}\n` : '';
  // Masked on its way it is another one.
  const body = frame && frame.result === result ? frame.body : JSON.stringify(result);
  return `event: next\n${id}data: ${body}\n\n`;
}
