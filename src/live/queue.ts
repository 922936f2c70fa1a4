// What one reader has not read yet. Bounded: a reader that is too slow is told so and resumes with its cursor, rather
// than making everybody's memory grow.

/** Where a subscriber's frames go. */
export interface Sink<Frame> {
  push(frame: Frame): void;
  /** Resolves when there is room: whoever can wait does, so that only what comes by itself can be too much. */
  room(): Promise<void> | void;
  /** Ends it with an error. */
  fail(error: Error): void;
  end(): void;
}

/** Thrown to the reader whose queue ran over. */
export class SlowReaderError extends Error {
  readonly code = 'SLOW_READER';
  /** @param message what it is to do, where it has no cursor */
  constructor(message = 'Too many changes wait to be read. Subscribe again with your last cursor.') {
    super(message);
  }
}

export class BoundedQueue<T> implements AsyncIterableIterator<T>, Sink<T> {
  private readonly items: T[] = [];
  private readonly limit: number;
  private readonly onEnd: () => void;
  private readonly tooSlow: () => Error;
  private waiting: { resolve: (r: IteratorResult<T>) => void; reject: (e: Error) => void } | null = null;
  private roomIsWanted: (() => void) | null = null;
  private ended = false;
  private failure: Error | null = null;

  /** `onEnd` runs once, whoever ends it: the reader, an overflow, `fail` or `end`. */
  constructor(limit: number, onEnd: () => void, tooSlow: () => Error = () => new SlowReaderError()) {
    this.limit = limit;
    this.onEnd = onEnd;
    this.tooSlow = tooSlow;
  }

  push(item: T): void {
    if (this.ended) return;
    if (this.waiting) {
      this.waiting.resolve({ value: item, done: false });
      this.waiting = null;
    } else if (this.items.length >= this.limit) {
      this.fail(this.tooSlow());
    } else {
      this.items.push(item);
    }
  }

  room(): Promise<void> | void {
    if (this.ended || this.items.length <= this.limit / 2) return undefined;
    return new Promise((resolve) => {
      this.roomIsWanted = resolve;
    });
  }

  /** Ends it with an error, which the reader gets after what it has not read yet is dropped. */
  fail(error: Error): void {
    if (this.ended) return;
    this.items.length = 0;
    if (this.waiting) this.waiting.reject(error);
    else this.failure = error;
    this.finish();
  }

  /** Nothing more will come; what is there may still be read. */
  end(): void {
    if (this.ended) return;
    this.waiting?.resolve({ value: undefined, done: true });
    this.finish();
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.items.shift();
    if (this.items.length <= this.limit / 2) this.tellOfRoom();
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    const failure = this.failure;
    this.failure = null;
    if (failure) return Promise.reject(failure);
    if (this.ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.items.length = 0;
    this.waiting?.resolve({ value: undefined, done: true });
    this.finish();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: Error): Promise<IteratorResult<T>> {
    this.fail(error);
    // Told here and now: the next `next` has nothing more to tell.
    this.failure = null;
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private tellOfRoom(): void {
    this.roomIsWanted?.();
    this.roomIsWanted = null;
  }

  private finish(): void {
    this.waiting = null;
    if (this.ended) return;
    this.ended = true;
    this.tellOfRoom();
    this.onEnd();
  }
}
