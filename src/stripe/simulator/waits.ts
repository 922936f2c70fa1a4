// Every pause that a fault makes: ended by its time, by a release through control, or by the shutdown.

/** `closed` means that the simulator is shutting down: do nothing more. */
export type Woken = 'done' | 'closed';

export class Waits {
  readonly #pending = new Set<(how: Woken) => void>();
  #closed = false;

  /** Pauses for `ms` milliseconds, or without them until released; `signal` ends it early. */
  pause(ms?: number, signal?: AbortSignal): Promise<Woken> {
    if (this.#closed) return Promise.resolve('closed');
    return new Promise((resolve) => {
      const wake = (how: Woken) => {
        clearTimeout(timer);
        this.#pending.delete(wake);
        resolve(how);
      };
      const timer = ms === undefined ? undefined : setTimeout(wake, ms, 'done');
      this.#pending.add(wake);
      if (signal?.aborted) wake('done');
      signal?.addEventListener('abort', () => wake('done'), { once: true });
    });
  }

  /** How many requests are being held. */
  get size(): number {
    return this.#pending.size;
  }

  /** Ends every pause now; answers how many there were. */
  release(): number {
    const wakers = [...this.#pending];
    for (const wake of wakers) wake('done');
    return wakers.length;
  }

  close(): void {
    this.#closed = true;
    for (const wake of [...this.#pending]) wake('closed');
  }
}
