// Those who are told the same in the same words: what each entry becomes for them is computed once, and handed to all.
// A group may be of one.
import type { Feed, Interest, Listener } from './interest.js';
import type { LogEntry, Position } from './log.js';
import { Member } from './member.js';
import { type Sink, SlowReaderError } from './queue.js';

/** What an entry becomes; a promise where something has to be looked up. */
export type Compute<Frame> = (entry: LogEntry) => Frame | Promise<Frame>;

export interface GroupOptions<Frame> {
  relay: Feed;
  interest: Interest;
  compute: Compute<Frame>;
  /** Entries that may wait, for the group's computing as for each of its members. */
  limit: number;
  /** The last member has left. */
  onEmpty?: () => void;
}

/** Frames that are computed side by side. */
const AHEAD = 8;

/** Frames that a group keeps. */
const MOST_KEPT = 64;

export class Group<Frame> implements Listener {
  readonly interest: Interest;
  private readonly options: GroupOptions<Frame>;
  private readonly members = new Set<Member<Frame>>();
  /** The last ones: those who come back at the same time read the same past. */
  private readonly frames = new Map<LogEntry, Frame | Promise<Frame>>();
  /** Entries whose frames are not ready, in order; another list for those who come after all have left. */
  private waiting: LogEntry[] = [];
  private leaveRelay: (() => void) | null = null;

  constructor(options: GroupOptions<Frame>) {
    this.options = options;
    this.interest = options.interest;
  }

  /** Hands all that follows `after`, or now, to the sink: each once, and in the log's order. */
  join(sink: Sink<Frame>, after?: Position): Member<Frame> {
    const { relay, limit } = this.options;
    const member = new Member<Frame>({
      sink,
      limit,
      frameOf: (entry) => this.frameOf(entry),
      past: (from, until) => relay.past(this.interest, from, until),
      onLeave: () => this.remove(member),
    });
    this.leaveRelay ??= relay.listen(this);
    this.members.add(member);
    // Listening begins before the past is read, so there is no gap; the past ends where listening began, so nothing
    // comes twice.
    member.begin(relay.position(), after);
    return member;
  }

  /** Never throws: the log is read for others too. */
  deliver(entry: LogEntry): void {
    try {
      const frame = this.waiting.length === 0 ? this.frameOf(entry) : null;
      if (frame === null || frame instanceof Promise) this.wait(entry);
      else this.hand(entry.position, frame);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  end(): void {
    for (const member of [...this.members]) member.end();
  }

  private wait(entry: LogEntry): void {
    if (this.waiting.length >= this.options.limit) throw new SlowReaderError();
    this.waiting.push(entry);
    if (this.waiting.length === 1) void this.computeWaiting(this.waiting);
  }

  private async computeWaiting(waiting: LogEntry[]): Promise<void> {
    try {
      for (let entry = waiting[0]; entry; entry = waiting[0]) {
        // Those behind it need not wait for its answer to ask for theirs; what fails is told when it is their turn.
        for (const next of waiting.slice(1, AHEAD)) this.computeAhead(next);
        const frame = await this.frameOf(entry);
        if (waiting !== this.waiting) return;
        this.hand(entry.position, frame);
        waiting.shift();
      }
    } catch (error) {
      if (waiting === this.waiting) this.fail(error as Error);
    }
  }

  private computeAhead(entry: LogEntry): void {
    (async () => this.frameOf(entry))().catch(() => undefined);
  }

  private frameOf(entry: LogEntry): Frame | Promise<Frame> {
    const known = this.frames.get(entry);
    if (known !== undefined) return known;
    const frame = this.options.compute(entry);
    this.frames.set(entry, frame);
    const [oldest] = this.frames.size > MOST_KEPT ? this.frames.keys() : [];
    if (oldest) this.frames.delete(oldest);
    return frame;
  }

  private hand(position: Position, frame: Frame): void {
    for (const member of this.members) member.take(position, frame);
  }

  private fail(error: Error): void {
    this.waiting = [];
    for (const member of [...this.members]) member.fail(error);
  }

  private remove(member: Member<Frame>): void {
    this.members.delete(member);
    if (this.members.size > 0) return;
    this.leaveRelay?.();
    this.leaveRelay = null;
    this.waiting = [];
    this.frames.clear();
    this.options.onEmpty?.();
  }
}
