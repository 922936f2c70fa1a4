// The events of an SSE stream with their names, as the protocol has them; `sse.ts` reads what they carry.

export interface ServerEvent {
  name: string;
  data: string;
}

/** The events of a stream's text; lines that begin with a colon are comments, which keep it alive. */
export function eventsOf(text: string): ServerEvent[] {
  return text.split('\n\n').flatMap((block) => {
    const name = /^event: ?(.*)$/m.exec(block)?.[1];
    return name === undefined ? [] : [{ name, data: /^data: ?(.*)$/m.exec(block)?.[1] ?? '' }];
  });
}

/** The first `count` events of a stream that goes on; it fails if they do not come within five seconds. */
export async function readEvents(response: Response, count: number): Promise<ServerEvent[]> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const late = setTimeout(() => void reader.cancel(), 5_000);
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const whole = eventsOf(text.slice(0, text.lastIndexOf('\n\n') + 1));
    if (whole.length >= count) {
      clearTimeout(late);
      return whole;
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`the stream ended after ${whole.length} of ${count} events`);
    text += decoder.decode(value, { stream: true });
  }
}
