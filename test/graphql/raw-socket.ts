// A bare socket of graphql-transport-ws: what a test needs that counts bytes, breaks rules or opens thousands.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Operation } from '../support/running-app.js';

export interface Message {
  type: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is what the test asserts
  payload?: any;
}

export class RawSocket {
  /** All that came, in order; `acknowledged` is not among it. */
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  /** The code that it was closed with. */
  readonly closed: Promise<number>;
  readonly #waiting = new Set<() => void>();

  constructor(url: string) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)));
      for (const look of this.#waiting) look();
    });
    // One that is cut before it is open tells of an error first.
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** Opens one and signs in. */
  static async signedIn(url: string, token: string): Promise<RawSocket> {
    const one = new RawSocket(url);
    await once(one.socket, 'open');
    one.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await one.until(() => one.messages.length > 0);
    one.messages.length = 0;
    return one;
  }

  send(message: Message): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, payload: Operation): void {
    this.send({ id, type: 'subscribe', payload });
  }

  /** Resolves once it holds, looked at after each message. @throws when the socket is closed before */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    const held = new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
    const closed = this.closed.then((code) => {
      throw new Error(`closed with ${code} after ${this.messages.length} messages`);
    });
    await Promise.race([held, closed]);
  }

  /** The cursors of the changes that came for one subscription. */
  cursors(id: string): string[] {
    return this.messages
      .filter((one) => one.id === id && one.type === 'next')
      .map(({ payload }) => payload.data.payoutStatusChanged.cursor);
  }

  /** Takes nothing from the network until `resume`. */
  pause(): void {
    this.#network.pause();
  }

  resume(): void {
    this.#network.resume();
  }

  get #network() {
    return (this.socket as unknown as { _socket: { pause(): void; resume(): void } })._socket;
  }
}
