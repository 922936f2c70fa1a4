// The database's server: new enough, safe, and of our time.
import type pg from 'pg';
import { type Finding, failed, ok, warning } from './finding.js';

/** 14: what the migrations are written for. */
const OLDEST = 140_000;

export async function checkServer(client: pg.Client, production: boolean): Promise<Finding[]> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version,
       current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
       current_setting('synchronous_commit') AS "synchronousCommit",
       current_setting('full_page_writes') AS "fullPageWrites", pg_is_in_recovery()::text AS replica`,
  );
  const server = rows[0] ?? {};
  const found: Finding[] = [];
  if (Number(server['number']) < OLDEST) {
    found.push(failed('postgres-version', `Postgres is ${server['version']}: it must be 14 or newer.`));
  }
  if (server['encoding'] !== 'UTF8') {
    found.push(
      failed('postgres-encoding', `The database's encoding is ${server['encoding']}: it must be UTF8.`),
    );
  }
  if (server['replica'] === 'true') {
    found.push(
      failed('postgres-replica', 'DATABASE_URL names a replica: it takes no writes.', 'Name the primary.'),
    );
  }
  const unsafe = Object.entries({
    fsync: server['fsync'],
    full_page_writes: server['fullPageWrites'],
    synchronous_commit: server['synchronousCommit'],
  }).filter(([, value]) => value === 'off');
  for (const [name] of unsafe) {
    const fix = `Set ${name} = on: what is told to Stripe must have been written.`;
    found.push(
      (production ? failed : warning)(
        'postgres-durability',
        `${name} is off: a crash may forget what was committed.`,
        fix,
      ),
    );
  }
  return found.length > 0 ? found : [ok('postgres', `Postgres ${server['version']} is reachable.`)];
}

/** Milliseconds: then events, tokens and leases begin to be judged wrongly. */
const CLOCK_WARNING_MS = 2_000;
const CLOCK_ERROR_MS = 60_000;

/** @param here the process's clock, in milliseconds */
export async function checkClock(client: pg.Client, here: () => number = Date.now): Promise<Finding[]> {
  const before = here();
  const { rows } = await client.query<{ now: string }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now',
  );
  // The answer was made somewhere between the asking and the hearing.
  const apart = Math.round(Math.abs(Number(rows[0]?.now) - (before + here()) / 2));
  if (apart < CLOCK_WARNING_MS)
    return [ok('clock', `The clocks of process and database agree to ${apart} ms.`)];
  const message = `The clocks of process and database are ${(apart / 1_000).toFixed(1)} s apart.`;
  const fix = 'Let both keep time by NTP.';
  return [(apart >= CLOCK_ERROR_MS ? failed : warning)('clock', message, fix)];
}
