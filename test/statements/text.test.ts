import { expect, it } from 'vitest';
import { type Encoding, fingerprint } from '../../src/statements/bytes.js';
import { toText } from '../../src/statements/text.js';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function textOf(bytes: Buffer, encoding: Encoding, size: number): Promise<string> {
  let text = '';
  for await (const piece of toText(pieces(bytes, size), encoding)) text += piece;
  return text;
}

it.each([1, 2, 3, 5, 1000])('makes every line end LF, in pieces of %i bytes', async (size) => {
  const bytes = Buffer.from('a\r\nb\rc\nd\r\r\ne\n\n\r', 'utf8');
  expect(await textOf(bytes, 'utf-8', size)).toBe('a\nb\nc\nd\n\ne\n\n\n');
});

it.each([1, 2, 1000])('drops the BOM and keeps letters whole, in pieces of %i bytes', async (size) => {
  expect(await textOf(Buffer.from('\uFEFFÅsa 灯\r\n', 'utf8'), 'utf-8', size)).toBe('Åsa 灯\n');
});

it('reads what people call latin-1', async () => {
  const bytes = Buffer.from([0xc5, 0x73, 0x61, 0x92, 0x20, 0x80, 0x0d]);
  expect(await textOf(bytes, 'windows-1252', 2)).toBe('Åsa’ €\n');
});

it('drops the BOM of a file that one stray byte makes latin-1', async () => {
  const bytes = Buffer.concat([Buffer.from('\uFEFFArtist', 'utf8'), Buffer.from([0xe9])]);
  expect(await textOf(bytes, 'windows-1252', 1000)).toBe('Artisté');
});

it.each([
  ['utf-8', Buffer.from('Åsa', 'utf8')],
  ['utf-8', Buffer.from('', 'utf8')],
  ['windows-1252', Buffer.from('Åsa', 'latin1')],
  ['windows-1252', Buffer.from('Åsa', 'utf8').subarray(0, 1)],
])('finds the encoding %s of %j, however it is cut', async (encoding, bytes) => {
  for (const size of [1, 1000]) expect(await fingerprint(pieces(bytes, size))).toMatchObject({ encoding });
});

it('hashes all of the bytes', async () => {
  expect(await fingerprint(pieces(Buffer.from('abc'), 2))).toMatchObject({
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    bytes: 3,
  });
});
