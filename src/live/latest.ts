// What one reader has not read yet of things that change: each thing once, as it stands. However often one changes, it
// takes one place.
import { BoundedQueue, SlowReaderError } from './queue.js';

interface Cell<T> {
  latest: T;
}

/** As things stand they can be read anywhere, so there is no cursor to go on after. */
const tooSlow = () =>
  new SlowReaderError('Too many changes wait to be read. Subscribe again, then read the list.');

export class LatestQueue<T extends { id: string }> implements AsyncIterableIterator<T> {
  private readonly waiting = new Map<string, Cell<T>>();
  private readonly queue: BoundedQueue<Cell<T>>;

  /** @param limit things that may wait @param onEnd runs once, whoever ends it */
  constructor(limit: number, onEnd: () => void) {
    const end = () => {
      this.waiting.clear();
      onEnd();
    };
    this.queue = new BoundedQueue(limit, end, tooSlow);
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
