// How far a reader of the log is behind: what Prometheus is told, and what decides whether this process is ready.
import { isBefore, type LogPage, type Position } from './log.js';

/** Milliseconds for which the last change's delay counts: long enough to be seen by whoever looks now and then. */
const SHOWN_MS = 60_000;

export class Lag {
  private readonly pollMs: number;
  private readAt = Date.now();
  /** What the last change took, and when. */
  private delay = { ms: 0, at: 0 };
  /** Since when rows are there whose turn does not come: the oldest open transaction has stayed the same. */
  private heldSince: number | null = null;
  private position: Position = { xid: 0n, id: 0n };

  /** @param pollMs milliseconds between two readings of a log in which nothing happens */
  constructor(pollMs: number) {
    this.pollMs = pollMs;
  }

  /** The log was read. */
  note({ entries, position, waiting }: LogPage): void {
    const now = Date.now();
    this.readAt = now;
    const last = entries.at(-1);
    if (last) this.delay = { ms: Math.max(0, now - last.occurredAt.getTime()), at: now };
    const held = waiting && !isBefore(this.position, position);
    this.heldSince = held ? (this.heldSince ?? now) : null;
    this.position = position;
  }

  /** Milliseconds for which the log could not be read; 0 while it is read as it should be. */
  unreadMs(): number {
    return Math.max(0, Date.now() - this.readAt - this.pollMs);
  }

  /** Milliseconds that subscribers are behind, for whatever reason. */
  lagMs(): number {
    const now = Date.now();
    const heldMs = this.heldSince === null ? 0 : now - this.heldSince;
    const delayMs = now - this.delay.at < SHOWN_MS ? this.delay.ms : 0;
    return Math.max(delayMs, heldMs, this.unreadMs());
  }
}
