// What a socket has not taken yet. What is pushed at once goes out in one write; when the network does not keep up,
// frames wait here, as many as the limit says: they are the same bytes for all who wait. A reader that falls behind
// further is closed.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Frame } from './frame.js';
import { headOf, type Message, sizeOf, writeOut } from './wire.js';

/** As an application may choose: "subscribe again with your last cursor". */
export const TOO_SLOW = 4410;
const WHY = 'Too slow: subscribe again with your last cursor';

/** Bytes that may wait in the socket itself. */
const HIGH_WATER = 64 * 1024;

/** Bytes that are worth a write, though more may come at once. */
const ENOUGH = 16 * 1024;

/** Milliseconds that one who does not read has for the close frame. */
const GOODBYE_MS = 2_000;

/** One subscription of the socket. */
export interface Channel {
  push(frame: Frame): void;
  room(): Promise<void> | void;
  /** What the socket has no room for is dropped: nothing comes after the end. */
  close(): void;
}

interface Waiting extends Message {
  channel: { open: boolean };
}

export class Outbox {
  private readonly socket: WebSocket;
  private readonly stream: Duplex;
  private readonly limit: number;
  private waiting: Waiting[] = [];
  /** Bytes that came since the last write. */
  private fresh = 0;
  private isPlanned = false;
  private isFull = false;
  private roomIsWanted: (() => void)[] = [];
  private closed = false;

  /** @param stream what `socket` itself writes to */
  constructor(socket: WebSocket, stream: Duplex, limit: number) {
    this.socket = socket;
    this.stream = stream;
    this.limit = limit;
    socket.once('close', () => this.drop());
  }

  channel(id: string): Channel {
    const head = headOf(id);
    const channel = { open: true };
    return {
      push: (frame) => this.push({ head, frame, channel }),
      room: () => this.room(),
      close: () => {
        this.sendOn();
        channel.open = false;
      },
    };
  }

  private push(message: Waiting): void {
    if (this.closed) return;
    if (this.waiting.length < this.limit) this.waiting.push(message);
    else this.giveUp();
    if (this.isFull) return;
    this.fresh += sizeOf(message);
    if (this.fresh >= ENOUGH) this.sendOn();
    else this.plan();
  }

  /** Once all is done that is being done: there may be more to send together. */
  private plan(): void {
    if (this.isPlanned) return;
    this.isPlanned = true;
    process.nextTick(() => {
      this.isPlanned = false;
      this.sendOn();
    });
  }

  private room(): Promise<void> | void {
    if (this.closed || this.waiting.length <= this.limit / 2) return undefined;
    return new Promise((resolve) => this.roomIsWanted.push(resolve));
  }

  private sendOn(): void {
    this.fresh = 0;
    // Nothing may follow a close frame.
    if (this.socket.readyState !== this.socket.OPEN) return;
    while (this.waiting.length > 0 && this.socket.bufferedAmount < HIGH_WATER) this.sendSome();
    if (this.waiting.length > 0) this.wait();
    if (this.waiting.length > this.limit / 2) return;
    for (const tell of this.roomIsWanted.splice(0)) tell();
  }

  private sendSome(): void {
    const messages: Waiting[] = [];
    let taken = 0;
    for (let bytes = 0; taken < this.waiting.length && bytes < HIGH_WATER; taken += 1) {
      const message = this.waiting[taken];
      if (!message?.channel.open) continue;
      messages.push(message);
      bytes += sizeOf(message);
    }
    this.waiting = taken < this.waiting.length ? this.waiting.slice(taken) : [];
    if (messages.length > 0) this.stream.write(writeOut(messages));
  }

  private wait(): void {
    if (this.isFull) return;
    this.isFull = true;
    this.stream.once('drain', () => {
      this.isFull = false;
      this.sendOn();
    });
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
