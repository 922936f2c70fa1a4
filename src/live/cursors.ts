// Cursors: a place in the log as clients keep it and give it back. The place is two counters of the whole platform, from
// which anybody could read how much is paid out, so it is enciphered.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Queryable } from '../db/connect.js';
import type { Position } from './log.js';

export interface Cursors {
  /** The same place is always the same text, for everybody and on every instance. */
  encode(position: Position): string;
  /** Null for anything that was not made by `encode` under the same key. */
  decode(cursor: string): Position | null;
}

// One block of AES: six bytes for each number, which lasts for centuries at thousands of transactions a second, and four
// that are nothing. A block that somebody made up has nothing there once in four thousand million times, and then tells
// of a place of chance.
const BLOCK = 16;
const NUMBER = 6;
const CHECK_AT = 2 * NUMBER;

/**
 * ECB is right here: its fault is that equal blocks look equal, and a cursor is one block, which is meant to. Nothing is
 * kept from one block to the next, so one cipher serves for all of them.
 * @param key 16 bytes
 */
export function createCursors(key: Uint8Array): Cursors {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return {
    encode({ xid, id }) {
      const block = Buffer.alloc(BLOCK);
      block.writeUIntBE(Number(xid), 0, NUMBER);
      block.writeUIntBE(Number(id), NUMBER, NUMBER);
      return cipher.update(block).toString('base64url');
    },
    decode(cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      // Base64 has more than one spelling; we made one. A part of a block would stay in the cipher.
      if (bytes.length !== BLOCK || bytes.toString('base64url') !== cursor) return null;
      const block = decipher.update(bytes);
      if (block.readUInt32BE(CHECK_AT) !== 0) return null;
      return { xid: BigInt(block.readUIntBE(0, NUMBER)), id: BigInt(block.readUIntBE(NUMBER, NUMBER)) };
    },
  };
}

/** The key that the migrations have made. */
export async function readCursorKey(db: Queryable): Promise<Uint8Array> {
  const { rows } = await db.query<{ key: Buffer }>('SELECT key FROM cursor_key');
  if (!rows[0]) throw new Error('cursor_key has no row: run the migrations');
  return rows[0].key;
}
