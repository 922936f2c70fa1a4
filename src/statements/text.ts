// Bytes to text: without a BOM, and with LF at the end of lines whatever the file has.
import type { Encoding } from './bytes.js';

/** What bytes 0x80 to 0x9f mean where people say latin-1; Node's own decoders differ on them between versions. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
/** A UTF-8 BOM read as latin-1: it stays behind when one stray byte made the file no UTF-8. */
const MISREAD_BOM = 'ï»¿';

/** The pieces are cut anywhere, but never between CR and LF. */
export async function* toText(chunks: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decode = encoding === 'utf-8' ? utf8() : windows1252;
  let first = true;
  let afterCr = false;
  for await (const chunk of chunks) {
    let text = decode(chunk);
    if (text === '') continue;
    if (first && text.startsWith(MISREAD_BOM)) text = text.slice(MISREAD_BOM.length);
    if (afterCr && text.startsWith('\n')) text = text.slice(1);
    first = false;
    afterCr = text.endsWith('\r');
    yield text.replace(/\r\n?/g, '\n');
  }
}

/** The end needs no flush: that the bytes are whole UTF-8 was found out before. */
function utf8(): (chunk: Buffer) => string {
  const decoder = new TextDecoder('utf-8');
  return (chunk) => decoder.decode(chunk, { stream: true });
}

function windows1252(chunk: Buffer): string {
  return chunk
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252.charAt(char.charCodeAt(0) - 0x80));
}
