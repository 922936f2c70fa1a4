// A reader of GraphQL over SSE (`accept: text/event-stream`), made of fetch alone.
import type { Operation, QueryResult } from '../support/running-app.js';

export interface EventStream extends AsyncGenerator<Pick<QueryResult, 'data' | 'errors'>> {
  status: number;
  abort(): void;
}

/** Opens the stream; what it yields is the `data` of each `next` event. It ends with `complete` or the connection. */
export async function openStream(
  url: string,
  operation: Operation,
  token: string | null,
): Promise<EventStream> {
  const stop = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: stop.signal,
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(operation),
  });
  return Object.assign(events(response), { status: response.status, abort: () => stop.abort() });
}

async function* events(response: Response): AsyncGenerator<Pick<QueryResult, 'data' | 'errors'>> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      if (/^event: complete$/m.test(part)) return;
      const data = /^data: (.+)$/m.exec(part)?.[1];
      if (data) yield JSON.parse(data);
    }
  }
}
