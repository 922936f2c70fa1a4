// What somebody wants to hear of the log: as data where that decides who is asked at all, the rest as a question.
import type { LogEntry, Position } from './log.js';

export interface Interest {
  /** Only of payouts to this creator; absent: of all. */
  creatorId?: string | undefined;
  /** What of that; asked of each entry, so no database and no waiting. */
  accepts(entry: LogEntry): boolean;
}

export interface Subscription extends Interest {
  /** Begin after this place in the log; absent: with what happens from now on. */
  after?: Position | undefined;
}

/** One who is told of entries as they come. */
export interface Listener {
  readonly interest: Interest;
  deliver(entry: LogEntry): void;
  /** Nothing more will come: this process ends. */
  end(): void;
}

/** What hands the log on, and knows what it handed on before. */
export interface Feed {
  /** Up to where entries were handed on. */
  position(): Position;
  /** @returns what ends it, safe to call twice */
  listen(listener: Listener): () => void;
  /**
   * What was logged after one place and up to another, of which the latter was handed on already.
   * @throws UnknownCursorError when the former lies behind the log's end
   */
  past(interest: Interest, after: Position, until: Position): AsyncIterable<LogEntry>;
}

/**
 * The listeners by what they listen to: an entry is put before those of its creator and those who hear all, so that a
 * thousand creators who listen cost the change of one of them nothing.
 */
export class Listeners {
  private readonly ofAll = new Set<Listener>();
  private readonly ofCreator = new Map<string, Set<Listener>>();

  /** @returns what takes it out again, safe to call twice */
  add(listener: Listener): () => void {
    const { creatorId } = listener.interest;
    if (creatorId === undefined) {
      this.ofAll.add(listener);
      return () => this.ofAll.delete(listener);
    }
    const theirs = this.ofCreator.get(creatorId) ?? new Set();
    this.ofCreator.set(creatorId, theirs.add(listener));
    return () => {
      theirs.delete(listener);
      if (theirs.size === 0 && this.ofCreator.get(creatorId) === theirs) this.ofCreator.delete(creatorId);
    };
  }

  deliver(entry: LogEntry): void {
    for (const listener of this.ofAll) hand(listener, entry);
    for (const listener of this.ofCreator.get(entry.creatorId) ?? []) hand(listener, entry);
  }

  end(): void {
    for (const listener of [...this.ofAll]) listener.end();
    for (const theirs of [...this.ofCreator.values()]) for (const listener of [...theirs]) listener.end();
  }
}

export const isFor = ({ creatorId, accepts }: Interest, entry: LogEntry): boolean =>
  (creatorId === undefined || entry.creatorId === creatorId) && accepts(entry);

function hand(listener: Listener, entry: LogEntry): void {
  if (listener.interest.accepts(entry)) listener.deliver(entry);
}
