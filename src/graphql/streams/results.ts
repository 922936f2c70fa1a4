// One subscription's results: read one by one, or sent by the group itself where its reader is a socket.
import type { ExecutionResult } from 'graphql';
import type { Group } from '../../live/group.js';
import type { Position } from '../../live/log.js';
import type { Member } from '../../live/member.js';
import { BoundedQueue, type Sink } from '../../live/queue.js';
import type { Frame } from './frame.js';
import type { Channel } from './outbox.js';

export interface ResultsOptions {
  /** Asked when it begins, not before: a group is only one as long as somebody is in it. */
  group(): Group<Frame>;
  /** The last that the reader has seen. */
  after: Position;
  /** Frames that may wait for the reader. */
  limit: number;
  /** Calls `end` when its reader may hear no more. Null: somebody else sees to it. @returns what it is stopped by */
  ending: ((end: (error: Error) => void) => () => void) | null;
  onEnd(): void;
}

export class LiveResults implements AsyncIterableIterator<ExecutionResult> {
  private readonly options: ResultsOptions;
  private member: Member<Frame> | null = null;
  private queue: BoundedQueue<Frame> | null = null;
  private stopEnding: (() => void) | undefined;
  private channel: Channel | null = null;
  private ended = false;

  constructor(options: ResultsOptions) {
    this.options = options;
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    const { value, done } = await (this.queue ?? this.begin()).next();
    if (done) return { value: undefined, done };
    return { value: value.result, done: false };
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    await this.queue?.return();
    this.finish();
    return { value: undefined, done: true };
  }

  async throw(error: Error): Promise<IteratorResult<ExecutionResult>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Instead of being read: hands all frames on. @returns what stands for it while it lasts, and yields nothing */
  sendTo(channel: Channel): AsyncIterableIterator<never> {
    const end = new BoundedQueue<never>(1, () => this.finish());
    this.channel = channel;
    this.join({
      push: (frame) => channel.push(frame),
      room: () => channel.room(),
      fail: (e) => end.fail(e),
      end: () => end.end(),
    });
    return end;
  }

  private begin(): BoundedQueue<Frame> {
    const queue = new BoundedQueue<Frame>(this.options.limit, () => this.finish());
    this.queue = queue;
    if (this.ended) queue.end();
    else this.join(queue);
    return queue;
  }

  private join(sink: Sink<Frame>): void {
    const { group, after, ending } = this.options;
    const member = group().join(sink, after);
    this.member = member;
    this.stopEnding = ending?.((error) => member.fail(error));
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.stopEnding?.();
    this.member?.leave();
    this.channel?.close();
    this.options.onEnd();
  }
}
