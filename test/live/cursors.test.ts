// Cursors: they come back as they were, say nothing to whoever holds them, and cannot be made by anybody else.
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCursors, readCursorKey } from '../../src/live/cursors.js';
import { createLiveWorld, type LiveWorld } from './support.js';

const MIGRATION = path.join(import.meta.dirname, '../../prisma/migrations/019_add_cursor_key/migration.sql');
const key = randomBytes(16);
const cursors = createCursors(key);
const numbers = fc.bigInt({ min: 0n, max: 2n ** 48n - 1n });
const cursor = cursors.encode({ xid: 5n, id: 7n });

it('come back as they were, on every instance', () => {
  const other = createCursors(Buffer.from(key));
  fc.assert(
    fc.property(numbers, numbers, (xid, id) => {
      const text = cursors.encode({ xid, id });
      expect(text).toMatch(/^[\w-]{22}$/);
      expect(other.encode({ xid, id })).toBe(text);
      expect(other.decode(text)).toEqual({ xid, id });
    }),
  );
});

it('of neighbours have nothing in common, so that nothing can be counted', () => {
  const bitsThatDiffer = (a: string, b: string) => {
    const [x, y] = [Buffer.from(a, 'base64url'), Buffer.from(b, 'base64url')];
    return x.reduce((sum, byte, i) => sum + (byte ^ (y[i] ?? 0)).toString(2).replaceAll('0', '').length, 0);
  };
  for (let id = 1n; id < 100n; id++) {
    const next = cursors.encode({ xid: 1_000n, id: id + 1n });
    // 64 of 128 by chance; fewer than 20 once in 10^15 times.
    expect(bitsThatDiffer(cursors.encode({ xid: 1_000n, id }), next)).toBeGreaterThan(20);
  }
});

describe('nothing else is one', () => {
  const enciphered = (block: Buffer) =>
    createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block).toString('base64url');

  it.each([
    ['nothing', ''],
    ['rubbish', 'rubbish'],
    ['plain numbers', Buffer.from('5:7').toString('base64url')],
    ['a part of one', cursor.slice(0, 21)],
    ['one and more', `${cursor}AA`],
    ['one with what base64 leaves out', `${cursor}!`],
    ['one with a space', ` ${cursor}`],
    ['one with padding', `${cursor}==`],
    ['two of them', cursor + cursor],
    ['one of another key', createCursors(randomBytes(16)).encode({ xid: 5n, id: 7n })],
    ['a block with something more in it', enciphered(Buffer.from([...Array(15).fill(0), 1]))],
    ['a number of eight bytes', enciphered(Buffer.alloc(16, 1))],
  ])('not %s', (_, text) => {
    expect(cursors.decode(text)).toBeNull();
    // And the next one is read as if nothing had been.
    expect(cursors.decode(cursor)).toEqual({ xid: 5n, id: 7n });
  });

  it('not one of which a bit was turned', () => {
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < 128; bit++) {
      const turned = Buffer.from(bytes);
      turned.writeUInt8(turned.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(cursors.decode(turned.toString('base64url'))).toBeNull();
    }
  });

  it('not what somebody guesses', () => {
    const guesses = Array.from({ length: 20_000 }, () => randomBytes(16).toString('base64url'));
    expect(guesses.filter((guess) => cursors.decode(guess) !== null)).toEqual([]);
  });

  it('not another text, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(cursors.decode(text)).toBeNull()));
  });
});

it('a number that has no room is refused, not cut off', () => {
  expect(() => cursors.encode({ xid: 2n ** 48n, id: 1n })).toThrow(RangeError);
});

describe('the key', () => {
  let world: LiveWorld;
  beforeAll(async () => {
    world = await createLiveWorld();
  });
  afterAll(() => world.close());

  it('is there once the database is migrated, is of full length, and the same for all and after another migration', async () => {
    const made = Buffer.from(await readCursorKey(world.db.pool));
    expect(made).toHaveLength(16);
    expect(new Set(made).size).toBeGreaterThan(4);
    await world.db.pool.query(await readFile(MIGRATION, 'utf8'));
    expect(Buffer.from(await readCursorKey(world.another().pool)).equals(made)).toBe(true);
  });

  it('is another one in a database that is made anew', async () => {
    const made = Buffer.from(await readCursorKey(world.db.pool));
    await world.db.pool.query('DROP TABLE cursor_key');
    await world.db.pool.query(await readFile(MIGRATION, 'utf8'));
    expect(Buffer.from(await readCursorKey(world.db.pool)).equals(made)).toBe(false);
  });

  it('is asked for where it is not', async () => {
    await world.db.pool.query('DELETE FROM cursor_key');
    await expect(readCursorKey(world.db.pool)).rejects.toThrow('run the migrations');
  });
});
