// The file's bytes: read in chunks, fingerprinted, and turned into text with one kind of line end.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import { UnreadableFileError } from './errors.js';

export type Encoding = 'utf-8' | 'windows-1252';

export interface Fingerprint {
  /** Of the whole file, in hex: what makes it the same file. */
  sha256: string;
  encoding: Encoding;
  bytes: number;
}

/** A path, or a file that is open: it is left open. */
export type StatementFile = string | FileHandle;

const CHUNK_BYTES = 256 * 1024;

/** In bytes. @throws UnreadableFileError if it is no regular file: it is read more than once, so a pipe will not do */
export async function fileSize(file: StatementFile): Promise<number> {
  const found = await (typeof file === 'string' ? stat(file) : file.stat()).catch((cause: Error) => {
    throw unreadable(cause);
  });
  if (!found.isFile()) throw new UnreadableFileError('This is not a file.');
  return found.size;
}

/** From the start. @throws UnreadableFileError */
export async function* readBytes(file: StatementFile): AsyncGenerator<Buffer> {
  const chunks =
    typeof file === 'string' ? createReadStream(file, { highWaterMark: CHUNK_BYTES }) : readOpen(file);
  try {
    for await (const chunk of chunks) yield chunk as Buffer;
  } catch (cause) {
    throw unreadable(cause as Error);
  }
}

/** A stream would close it. */
async function* readOpen(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

function unreadable(cause: Error): UnreadableFileError {
  return new UnreadableFileError(`The file cannot be read: ${cause.message}`, { cause });
}

/** Calls `see` with each chunk on its way. */
export async function* watch(
  chunks: AsyncIterable<Buffer>,
  see: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}

/** Reads all of it once. Bytes that are not UTF-8 anywhere make it latin-1 (as people use it: windows-1252). */
export async function fingerprint(chunks: AsyncIterable<Buffer>): Promise<Fingerprint> {
  const hash = createHash('sha256');
  const isUtf8 = utf8Check();
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    isUtf8(chunk);
  }
  return { sha256: hash.digest('hex'), encoding: isUtf8() ? 'utf-8' : 'windows-1252', bytes };
}

/** Call it with each chunk, and without one at the end. */
function utf8Check(): (chunk?: Buffer) => boolean {
  let decoder: TextDecoder | undefined = new TextDecoder('utf-8', { fatal: true });
  return (chunk) => {
    try {
      decoder?.decode(chunk, { stream: chunk !== undefined });
    } catch {
      decoder = undefined;
    }
    return decoder !== undefined;
  };
}
