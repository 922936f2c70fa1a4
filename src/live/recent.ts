// The last entries of the log, in memory: whoever lost its connection for a moment is given them from here, so that a
// thousand who come back at once ask the database for nothing.
import { isBefore, type LogEntry, type LogPage, type Position } from './log.js';

export class RecentEntries {
  private entries: LogEntry[] = [];
  /** All that came after this place is here. */
  private since: Position;
  private until: Position;
  private readonly limit: number;

  constructor(limit: number, since: Position) {
    this.limit = limit;
    this.since = since;
    this.until = since;
  }

  /** @param position up to where the log was read for these */
  add(entries: readonly LogEntry[], position: Position): void {
    this.entries.push(...entries);
    this.until = position;
    // Now and then, so that it costs little.
    if (this.entries.length < 2 * this.limit) return;
    const gone = this.entries.splice(0, this.entries.length - this.limit);
    this.since = gone.at(-1)?.position ?? this.since;
  }

  /** All entries after a place; null: some of them are not here any more. */
  after(position: Position): LogPage | null {
    if (isBefore(position, this.since)) return null;
    const entries = this.entries.slice(this.firstAfter(position));
    return { entries, position: this.until, more: false, waiting: false };
  }

  private firstAfter(position: Position): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry && isBefore(position, entry.position)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
