// Connections of the database: whether there are enough, whether they stay ours, and whether one holds up the others.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Finding, failed, ok, PATIENCE_MS, reasonOf, warning } from './finding.js';

/** For backups, monitoring and superusers. */
const SPARE_CONNECTIONS = 10;

/** An API and a worker, one more of each while it is replaced, and a command. */
const LEAST_PROCESSES = 5;

/**
 * Whether all pools together fit; see docs/operations/deployment.md. A limit of the database or of our user counts too.
 * @param perProcess connections that each process opens there
 * @param whose which server is asked
 */
export async function checkConnections(
  client: Pick<pg.Client, 'query'>,
  perProcess: number,
  whose = 'Postgres',
): Promise<Finding[]> {
  const { rows } = await client.query<{ most: number }>(
    `SELECT least(current_setting('max_connections')::int, nullif(d.datconnlimit, -1), nullif(r.rolconnlimit, -1)) AS most
     FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`,
  );
  const most = rows[0]?.most ?? 0;
  const processes = Math.max(0, Math.floor((most - SPARE_CONNECTIONS) / perProcess));
  const message = `${whose} allows us ${most} connections: room for ${processes} processes with ${perProcess} each.`;
  if (processes >= LEAST_PROCESSES) return [ok('connections', message)];
  return [warning('connections', message, 'Raise max_connections, or make DATABASE_POOL_SIZE smaller.')];
}

/** What Agenda opens in each process where its store is another Postgres: its driver's own number. */
export const AGENDA_CONNECTIONS = 10;

/** Whether both stores share the connections of one server. */
export const isSameServer = (one: string, other: string): boolean => {
  const [a, b] = [new URL(one), new URL(other)];
  return a.hostname === b.hostname && (a.port || '5432') === (b.port || '5432');
};

/** Milliseconds: subscribers hear nothing of what was committed meanwhile. */
const LONG_MS = 5 * 60_000;

/** Of any database of the server: the event log is read up to the oldest transaction that writes. @param longMs from when on one is long */
export async function checkTransactions(client: pg.Client, longMs = LONG_MS): Promise<Finding[]> {
  const { rows } = await client.query<{ pid: number; datname: string; minutes: number }>(
    `SELECT pid, datname, round(extract(epoch FROM now() - xact_start) / 60)::int AS minutes FROM pg_stat_activity
     WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND xact_start < now() - $1 * interval '1 millisecond'
     ORDER BY xact_start LIMIT 1`,
    [longMs],
  );
  return rows.map(({ pid, datname, minutes }) =>
    warning(
      'transactions',
      `A transaction of ${datname} has been open for ${minutes} minutes (process ${pid}): subscribers hear of nothing newer.`,
      'Look at pg_stat_activity, and end it if nobody needs it.',
    ),
  );
}

/** Milliseconds that a notification may take. */
const HEARD_MS = 2_000;

/** A pooler that lends connections by the transaction loses what is listened for. @param name the setting of the address */
export async function checkListening(url: string, name: string, heardMs = HEARD_MS): Promise<Finding[]> {
  const listener = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  const teller = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  for (const client of [listener, teller]) client.on('error', () => undefined); // the next query rejects
  try {
    await Promise.all([listener.connect(), teller.connect()]);
    if (await isHeard(listener, teller, heardMs)) return [];
  } catch (error) {
    return [failed('pooler', `Nobody can listen at ${name}: ${reasonOf(error)}.`)];
  } finally {
    await Promise.all([listener.end(), teller.end()].map((ended) => ended.catch(() => undefined)));
  }
  const message = `What is told to listeners at ${name} does not arrive: jobs begin late, at the next sweep.`;
  return [failed('pooler', message, 'Set the pooler in front of Postgres to session mode.')];
}

async function isHeard(listener: pg.Client, teller: pg.Client, heardMs: number): Promise<boolean> {
  const channel = `payouts_doctor_${process.pid}`;
  const heard = new Promise<boolean>((resolve) => void listener.once('notification', () => resolve(true)));
  await listener.query(`LISTEN ${channel}`);
  await teller.query(`NOTIFY ${channel}`);
  const enough = new AbortController();
  const late = sleep(heardMs, false, { signal: enough.signal }).catch(() => false);
  return Promise.race([heard, late]).finally(() => enough.abort());
}
