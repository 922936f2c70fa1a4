// One connection pool for everything that talks to Postgres in this process: Prisma, our own SQL and Agenda.
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.js';

/** What can run SQL: the pool (each statement its own transaction) or a client inside `inTransaction`. */
export type Queryable = Pick<pg.PoolClient, 'query'>;

export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

export interface ConnectOptions {
  url: string;
  poolSize: number;
  /**
   * Milliseconds that one statement may take: then Postgres cancels it, and one that does not even do that is given up
   * with its connection. Absent: as long as it takes, for a command that somebody waits for and can end.
   */
  statementMs?: number;
  /** Told of connections that broke (a restarted server); the pool replaces them by itself. */
  onError: (error: Error) => void;
}

/** Milliseconds for Postgres to say itself that it has cancelled a statement. */
const GRACE_MS = 2_000;

const TIMESTAMP_WITHOUT_ZONE = 1114;
const DATE = 1082;

/** Opens the pool lazily: nothing is connected before the first statement. */
export function connect(options: ConnectOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    // A process that is stopped in the middle of a transaction must not hold its locks for ever, and not for as long as
    // the statements of others may wait for them.
    idle_in_transaction_session_timeout: options.statementMs
      ? Math.ceil((options.statementMs * 2) / 3)
      : 30_000,
    ...(options.statementMs && {
      statement_timeout: options.statementMs,
      query_timeout: options.statementMs + GRACE_MS,
    }),
    // A machine that has gone without a word is noticed, also where nothing is asked: by the one that hears of jobs.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: utcTypeParser },
    onConnect: speakUtc,
  });
  // Each client has a listener of its own, lent out or idle: without one, a connection that breaks in the middle of a
  // transaction would end the process. The pool tells of the idle ones once more.
  pool.on('connect', (client) => client.on('error', options.onError));
  pool.on('error', () => undefined);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  return { pool, prisma, close: () => close(prisma, pool) };
}

/** Reads timestamps as the UTC they are (pg would take them for local time) and dates as plain `YYYY-MM-DD`. */
function utcTypeParser(oid: number, format?: 'text' | 'binary') {
  if (format !== 'binary' && oid === TIMESTAMP_WITHOUT_ZONE) return (text: string) => new Date(`${text}Z`);
  if (format !== 'binary' && oid === DATE) return (text: string) => text;
  return pg.types.getTypeParser(oid, format as 'text');
}

/** Columns hold UTC without a zone, so now() must mean UTC whatever the server's own setting is. */
async function speakUtc(client: pg.ClientBase): Promise<void> {
  await client.query("SET TIME ZONE 'UTC'");
}

async function close(prisma: PrismaClient, pool: pg.Pool): Promise<void> {
  await prisma.$disconnect();
  await pool.end();
}
