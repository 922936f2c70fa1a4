// A reader of GraphQL over SSE (`accept: text/event-stream`), made of fetch alone.
import type { Operation, QueryResult } from '../support/running-app.js';

export interface EventStream extends AsyncGenerator<Pick<QueryResult, 'data' | 'errors'>> {
  status: number;
  abort(): void;
}

/** One event of a stream. */
export interface StreamEvent extends Pick<QueryResult, 'data' | 'errors'> {
  /** Null: it has none. */
  id: string | null;
}

/** Opens the stream; what it yields is the `data` of each `next` event. It ends with `complete` or the connection. */
export async function openStream(
  url: string,
  operation: Operation,
  token: string | null,
): Promise<EventStream> {
  const { events, ...stream } = await openEvents(url, operation, token);
  return Object.assign(resultsOf(events), stream);
}

async function* resultsOf(
  events: AsyncIterable<StreamEvent>,
): AsyncGenerator<Pick<QueryResult, 'data' | 'errors'>> {
  for await (const { id: _, ...result } of events) yield result;
}

/** The same, with each event's id. `headers` are sent beside the usual ones. */
export async function openEvents(
  url: string,
  operation: Operation,
  token: string | null,
  headers: Record<string, string> = {},
) {
  const stop = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: stop.signal,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  return { events: eventsOf(response), status: response.status, abort: () => stop.abort() };
}

async function* eventsOf(response: Response): AsyncGenerator<StreamEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      if (/^event: complete$/m.test(part)) return;
      const data = /^data: (.+)$/m.exec(part)?.[1];
      if (data) yield { id: /^id: (.+)$/m.exec(part)?.[1] ?? null, ...JSON.parse(data) };
    }
  }
}
