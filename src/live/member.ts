// One of a group: first what was logged between its place and now, then what comes. What comes meanwhile waits.
import { isBefore, type LogEntry, type Position } from './log.js';
import { type Sink, SlowReaderError } from './queue.js';

export interface MemberOptions<Frame> {
  sink: Sink<Frame>;
  /** Frames that may wait while the past is read. */
  limit: number;
  frameOf(entry: LogEntry): Frame | Promise<Frame>;
  /** @throws UnknownCursorError for a place that is none */
  past(after: Position, until: Position): AsyncIterable<LogEntry>;
  onLeave(): void;
}

export class Member<Frame> {
  private readonly options: MemberOptions<Frame>;
  /** Null: it has caught up. */
  private waiting: Frame[] | null = null;
  /** What came up to here is no business of `take`. Null: all that comes is behind it. */
  private from: Position | null = null;
  private gone = false;

  constructor(options: MemberOptions<Frame>) {
    this.options = options;
  }

  /** @param now where the group stands */
  begin(now: Position, after: Position | undefined): void {
    // A cursor may come from an instance that is ahead of us: what was before it was seen there.
    this.from = after && isBefore(now, after) ? after : now;
    if (!after) return;
    this.waiting = [];
    this.catchUp(after, now).catch((error: Error) => this.fail(error));
  }

  take(position: Position, frame: Frame): void {
    if (this.gone || (this.from && !isBefore(this.from, position))) return;
    this.from = null;
    if (!this.waiting) this.options.sink.push(frame);
    else if (this.waiting.length < this.options.limit) this.waiting.push(frame);
    else this.fail(new SlowReaderError());
  }

  /** Its reader has gone; safe to call twice. */
  leave(): void {
    if (this.gone) return;
    this.gone = true;
    this.waiting = null;
    this.options.onLeave();
  }

  fail(error: Error): void {
    if (this.gone) return;
    this.leave();
    this.options.sink.fail(error);
  }

  end(): void {
    if (this.gone) return;
    this.leave();
    this.options.sink.end();
  }

  private async catchUp(after: Position, now: Position): Promise<void> {
    const { past, frameOf, sink } = this.options;
    for await (const entry of past(after, now)) {
      const frame = await frameOf(entry);
      await sink.room();
      if (this.gone) return;
      sink.push(frame);
    }
    while (this.waiting?.length) {
      await sink.room();
      const frame = this.waiting?.shift();
      if (frame !== undefined) sink.push(frame);
    }
    this.waiting = null;
  }
}
