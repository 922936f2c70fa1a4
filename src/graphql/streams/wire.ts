// Many messages as the bytes of one write: text frames of WebSocket (RFC 6455, 5.2) as a server sends them, each whole,
// neither masked nor compressed.
import type { Frame } from './frame.js';

/** A frame for one subscription. */
export interface Message {
  /** `{"id":"…","type":"next","payload":` */
  head: Buffer;
  frame: Frame;
}

export const headOf = (id: string): Buffer =>
  Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);

/** What follows the payload. */
const TAIL = '}'.charCodeAt(0);

/** Bytes of the message itself. */
const lengthOf = ({ head, frame }: Message) => head.length + frame.bytes.length + 1;

/** Bytes that it takes on the wire. */
export function sizeOf(message: Message): number {
  const length = lengthOf(message);
  return headerSize(length) + length;
}

export function writeOut(messages: readonly Message[]): Buffer {
  const bytes = Buffer.allocUnsafe(messages.reduce((sum, message) => sum + sizeOf(message), 0));
  let at = 0;
  for (const message of messages) {
    at = writeHeader(bytes, at, lengthOf(message));
    at += message.head.copy(bytes, at);
    at += message.frame.bytes.copy(bytes, at);
    at = bytes.writeUInt8(TAIL, at);
  }
  return bytes;
}

/** The only frame of a message, of text. */
const WHOLE_TEXT = 0x81;
/** The length follows in 2 bytes. */
const MEDIUM = 126;
/** It follows in 8. */
const LONG = 127;

const headerSize = (length: number) => (length < MEDIUM ? 2 : length < 2 ** 16 ? 4 : 10);

/** @returns where the message begins */
function writeHeader(bytes: Buffer, at: number, length: number): number {
  const next = bytes.writeUInt8(WHOLE_TEXT, at);
  if (length < MEDIUM) return bytes.writeUInt8(length, next);
  if (length < 2 ** 16) return bytes.writeUInt16BE(length, bytes.writeUInt8(MEDIUM, next));
  return bytes.writeBigUInt64BE(BigInt(length), bytes.writeUInt8(LONG, next));
}
