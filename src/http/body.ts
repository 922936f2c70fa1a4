// Reads a request's body whole, up to a limit.
import type { IncomingMessage } from 'node:http';

export class TooLargeError extends Error {
  readonly code = 'TOO_LARGE';
}

/** @throws TooLargeError beyond `limit` bytes; the connection stays open for the answer that says so */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      // What still comes is dropped: a client that is not read from never reads our answer.
      request.resume();
      throw new TooLargeError(`The body is larger than ${limit} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
