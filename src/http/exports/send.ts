// Sends an export piece by piece: no faster than its client reads, packed where the client takes that, and cut off where
// it fails in the middle, so that no half of one looks like the whole.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface Download {
  /** With its charset. */
  type: string;
  fileName: string;
  /** Shown by a browser, rather than kept. */
  inline?: true;
  /** In place of the one that every answer has. */
  policy?: string;
  body: AsyncIterable<string>;
}

/** Milliseconds for which a client may read nothing. */
export const PATIENCE_MS = 60_000;

/**
 * Resolves when all of it is on its way, or the client has gone, or asked for the headers alone.
 * @throws what the body throws: before anything was sent if that is its first piece, else when the connection is cut
 */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  download: Download,
  patienceMs: number,
): Promise<void> {
  const packed = takesGzip(request.headers['accept-encoding']);
  if (request.method === 'HEAD') {
    begin(response, download, packed);
    response.end();
    return;
  }
  const pieces = await begun(download.body);
  begin(response, download, packed);
  response.setTimeout(patienceMs, () => response.destroy());
  const source = Readable.from(pieces);
  const sent = packed ? pipeline(source, createGzip({ level: 1 }), response) : pipeline(source, response);
  await sent.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

function begin(
  response: ServerResponse,
  { type, fileName, inline, policy }: Download,
  packed: boolean,
): void {
  response.appendHeader('vary', 'Accept-Encoding');
  response.writeHead(200, {
    'content-type': type,
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename="${fileName}"`,
    ...(policy && { 'content-security-policy': policy }),
    ...(packed && { 'content-encoding': 'gzip' }),
  });
}

/** With the first piece made already: what fails at once is an answer of its own. */
async function begun(body: AsyncIterable<string>): Promise<AsyncIterable<string>> {
  const rest = body[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  })();
}

/** `gzip;q=0` is a no. */
const takesGzip = (accepted: string | string[] | undefined): boolean =>
  String(accepted ?? '')
    .split(',')
    .some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).+)?$/i.test(part));
