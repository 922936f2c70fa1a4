// What one reader has not read yet of things that change: each thing once, as it stands. However often one changes, it
// takes one place.
import { BoundedQueue } from './queue.js';

interface Cell<T> {
  latest: T;
}

export class LatestQueue<T extends { id: string }> implements AsyncIterableIterator<T> {
  private readonly waiting = new Map<string, Cell<T>>();
  private readonly queue: BoundedQueue<Cell<T>>;

  /** @param limit things that may wait @param onEnd runs once, whoever ends it */
  constructor(limit: number, onEnd: () => void) {
    this.queue = new BoundedQueue(limit, () => {
      this.waiting.clear();
      onEnd();
    });
  }

  push(value: T): void {
    const cell = this.waiting.get(value.id);
    if (cell) {
      cell.latest = value;
      return;
    }
    const added = { latest: value };
    this.waiting.set(value.id, added);
    this.queue.push(added);
  }

  /** Nothing more will come; what is there may still be read. */
  end(): void {
    this.queue.end();
  }

  async next(): Promise<IteratorResult<T>> {
    const { value, done } = await this.queue.next();
    if (done) return { value: undefined, done };
    this.waiting.delete(value.latest.id);
    return { value: value.latest, done: false };
  }

  async return(): Promise<IteratorResult<T>> {
    await this.queue.return();
    return { value: undefined, done: true };
  }

  async throw(error: Error): Promise<IteratorResult<T>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
