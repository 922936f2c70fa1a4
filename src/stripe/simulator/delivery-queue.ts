// When deliveries run: in the order queued, few at a time, some only after a while. What a run does, and
// whether it was a success, is none of its business.

const CONCURRENCY = 8;

export class DeliveryQueue {
  readonly #run: (id: string) => Promise<void>;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #running = new Set<Promise<unknown>>();
  #queue: string[] = [];
  #closed = false;

  /** `run` must not reject. */
  constructor(run: (id: string) => Promise<void>) {
    this.#run = run;
  }

  /** Runs the ids as soon as there is room; one id may be queued twice. */
  add(...ids: string[]): void {
    this.#queue.push(...ids);
    while (!this.#closed && this.#running.size < CONCURRENCY) {
      const id = this.#queue.shift();
      if (id === undefined) return;
      void this.track(this.#run(id)).then(() => this.add());
    }
  }

  /** Queues the id in `ms` milliseconds; an id waits for one time only, the last said. */
  addLater(id: string, ms: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timers.get(id));
    const fire = () => {
      this.#timers.delete(id);
      this.add(id);
    };
    this.#timers.set(id, setTimeout(fire, ms));
  }

  /** Takes the id out, if it waits. */
  remove(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#queue = this.#queue.filter((queued) => queued !== id);
  }

  has(id: string): boolean {
    return this.#timers.has(id) || this.#queue.includes(id);
  }

  /** Counts the promise among what is under way. */
  async track<T>(promise: Promise<T>): Promise<T> {
    this.#running.add(promise);
    try {
      return await promise;
    } finally {
      this.#running.delete(promise);
    }
  }

  /** Resolves once nothing is queued or under way; what waits for its time does not count. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** Forgets what waits; what is under way ends by itself. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#queue = [];
  }

  /** Starts nothing any more. */
  stop(): void {
    this.#closed = true;
    this.clear();
  }
}
