// A request's body as a file that can be read more than once, and that has no name: whatever becomes of the request or of
// this process, nothing of it stays behind.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tooLarge } from './asked.js';

export interface ReceiveOptions {
  largestBytes: number;
  /** Milliseconds for which a client may send nothing; then it is cut off. */
  patienceMs: number;
}

/** Its space is free again when it is closed. @throws Refusal for one that is too large, Error where the client has gone */
export async function receive(request: IncomingMessage, options: ReceiveOptions): Promise<FileHandle> {
  const file = await openNameless();
  const silence = setTimeout(() => request.destroy(), options.patienceMs);
  try {
    let bytes = 0;
    // What is left of a body that is too large has still to be let pass: see farewell.ts.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      silence.refresh();
      bytes += (chunk as Buffer).length;
      if (bytes > options.largestBytes) throw tooLarge(options.largestBytes);
      await file.appendFile(chunk as Buffer);
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  } finally {
    clearTimeout(silence);
  }
}

/** For us alone to read. */
async function openNameless(): Promise<FileHandle> {
  const place = path.join(tmpdir(), `payouts-import-${randomUUID()}`);
  const file = await open(place, 'wx+', 0o600);
  await unlink(place).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  return file;
}
