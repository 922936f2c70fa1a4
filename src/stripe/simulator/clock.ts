// The simulator's clock: the host's time plus an offset that control can move. Idempotency keys, links
// and `created` follow it; webhook signatures follow the host's time, since the receiver's clock does.

/** Milliseconds in a day. */
export const DAY_MS = 86_400_000;

export class Clock {
  readonly #source: () => number;
  #offsetMs = 0;

  constructor(source: () => number) {
    this.#source = source;
  }

  /** The host's time in milliseconds, not shifted. */
  hostMs(): number {
    return this.#source();
  }

  /** The simulator's time in milliseconds. */
  nowMs(): number {
    return this.#source() + this.#offsetMs;
  }

  /** The simulator's time in whole Unix seconds, as Stripe writes times. */
  seconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  set offsetMs(value: number) {
    this.#offsetMs = value;
  }
}
