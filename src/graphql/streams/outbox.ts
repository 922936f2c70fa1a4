// What a socket has not taken yet. Small amounts go out at once; when the network does not keep up, frames wait here, as
// many as the limit says: they are the same bytes for all who wait. A reader that falls behind further is closed.
import type { WebSocket } from 'ws';
import type { Frame } from './frame.js';

/** As an application may choose: "subscribe again with your last cursor". */
export const TOO_SLOW = 4410;
const WHY = 'Too slow: subscribe again with your last cursor';

/** Bytes that may wait in the socket itself. */
const HIGH_WATER = 64 * 1024;

/** Milliseconds that one who does not read has for the close frame. */
const GOODBYE_MS = 2_000;

/** One subscription of the socket. */
export interface Channel {
  push(frame: Frame): void;
  room(): Promise<void> | void;
  /** What still waits is dropped. */
  close(): void;
}

interface Waiting {
  channel: OpenChannel;
  frame: Frame;
}

interface OpenChannel {
  /** `{"id":"…","type":"next","payload":` */
  head: Buffer;
  open: boolean;
}

const TAIL = Buffer.from('}');

export class Outbox {
  private readonly socket: WebSocket;
  private readonly limit: number;
  private waiting: Waiting[] = [];
  private roomIsWanted: (() => void)[] = [];
  private closed = false;

  constructor(socket: WebSocket, limit: number) {
    this.socket = socket;
    this.limit = limit;
    socket.once('close', () => this.drop());
  }

  channel(id: string): Channel {
    const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    const channel: OpenChannel = { head, open: true };
    return {
      push: (frame) => this.push(channel, frame),
      room: () => this.room(),
      close: () => {
        channel.open = false;
      },
    };
  }

  private push(channel: OpenChannel, frame: Frame): void {
    if (this.closed) return;
    if (this.waiting.length === 0 && this.socket.bufferedAmount < HIGH_WATER) this.send(channel, frame);
    else if (this.waiting.length >= this.limit) this.giveUp();
    else if (this.waiting.push({ channel, frame }) === 1) this.waitForRoom();
  }

  private room(): Promise<void> | void {
    if (this.closed || this.waiting.length <= this.limit / 2) return undefined;
    return new Promise((resolve) => this.roomIsWanted.push(resolve));
  }

  private send({ head, open }: OpenChannel, frame: Frame): void {
    if (!open) return;
    this.socket.send(Buffer.concat([head, frame.bytes, TAIL]), { binary: false });
  }

  /** What fills the socket may be answers that are not ours. An unasked pong tells when all before it has gone out. */
  private waitForRoom(): void {
    this.socket.pong('', false, (error) => {
      if (!error) this.sendOn();
    });
  }

  private sendOn(): void {
    let sent = 0;
    while (sent < this.waiting.length && this.socket.bufferedAmount < HIGH_WATER) {
      const next = this.waiting[sent++];
      if (next) this.send(next.channel, next.frame);
    }
    this.waiting.splice(0, sent);
    if (this.waiting.length > 0) this.waitForRoom();
    if (this.waiting.length > this.limit / 2) return;
    for (const tell of this.roomIsWanted.splice(0)) tell();
  }

  private giveUp(): void {
    this.drop();
    this.socket.close(TOO_SLOW, WHY);
    setTimeout(() => this.socket.terminate(), GOODBYE_MS).unref();
  }

  private drop(): void {
    this.closed = true;
    this.waiting = [];
    for (const tell of this.roomIsWanted.splice(0)) tell();
  }
}
