// What was logged between two places, for one who comes back: from memory where it is there, else from the database.
import type pg from 'pg';
import { type Interest, isFor } from './interest.js';
import { endOfLog, isBefore, isLogged, type LogEntry, type LogPage, type Position, readLog } from './log.js';
import type { RecentEntries } from './recent.js';

/** Thrown to the reader whose `after` is no place in this log. */
export class UnknownCursorError extends Error {
  readonly code = 'CURSOR_EXPIRED';
  constructor() {
    super('This cursor is unknown. Read the payouts again and subscribe without one.');
  }
}

interface Sources {
  pool: pg.Pool;
  recent(): RecentEntries;
}

/** Entries that are read at once. */
const PAGE = 500;

/** @throws UnknownCursorError when `after` lies behind the log's end */
export async function* readPast(
  sources: Sources,
  interest: Interest,
  after: Position,
  until: Position,
): AsyncGenerator<LogEntry> {
  if (isBefore(until, after)) return checkCursor(sources.pool, after);
  for await (const { entries } of pagesOf(sources, interest, after, until)) {
    for (const entry of entries) {
      if (isBefore(until, entry.position)) return;
      if (isFor(interest, entry)) yield entry;
    }
  }
}

async function* pagesOf(
  { pool, recent }: Sources,
  { creatorId }: Interest,
  after: Position,
  until: Position,
): AsyncGenerator<LogPage> {
  let from = after;
  while (isBefore(from, until)) {
    const page = recent().after(from) ?? (await readLog(pool, from, PAGE, creatorId));
    yield page;
    if (!page.more) return;
    from = page.position;
  }
}

/**
 * A cursor that lies after the end of the log, wherever that was read, was not given out by this database; but for one
 * from a payout's history, where a change is shown before its turn in the log has come.
 */
async function checkCursor(pool: pg.Pool, cursor: Position): Promise<void> {
  if (isBefore(await endOfLog(pool), cursor) && !(await isLogged(pool, cursor)))
    throw new UnknownCursorError();
}
