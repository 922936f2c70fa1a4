// Reads a request's body whole, up to a limit.
import type { IncomingMessage } from 'node:http';

export class TooLargeError extends Error {
  readonly code = 'TOO_LARGE';
}

/** @throws TooLargeError beyond `limit` bytes; what still comes is not read */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      request.pause();
      reject(new TooLargeError(`The body is larger than ${limit} bytes.`));
    });
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('The client has gone.')));
  });
}
