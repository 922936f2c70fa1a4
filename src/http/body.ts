// Reads a request's body whole, up to a limit.
import type { IncomingMessage } from 'node:http';

export class TooLargeError extends Error {
  readonly code = 'TOO_LARGE';
}

/** @throws TooLargeError beyond `limit` bytes; what still comes is not read */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new TooLargeError(`The body is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
