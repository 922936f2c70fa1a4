// A database whose clock a test can move: hours pass without waiting. The engine takes all its times from now() and
// clock_timestamp(), so functions of those names that come first in the search path are its clock.
import pg from 'pg';

const CLOCK = `
  CREATE SCHEMA clock;
  CREATE TABLE clock.ahead (ms double precision NOT NULL);
  INSERT INTO clock.ahead VALUES (0);
  CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT pg_catalog.now() + (SELECT ms FROM clock.ahead) * interval '1 millisecond' $$;
  CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    $$ SELECT pg_catalog.clock_timestamp() + (SELECT ms FROM clock.ahead) * interval '1 millisecond' $$;
  DO $do$
  DECLARE c record;
  BEGIN
    -- CURRENT_TIMESTAMP is syntax, and looks for no function.
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_default = 'CURRENT_TIMESTAMP'
    LOOP
      EXECUTE format('ALTER TABLE %I ALTER %I SET DEFAULT clock.now()', c.table_name, c.column_name);
    END LOOP;
  END
  $do$`;

/** Gives the database a clock of its own. @returns the address under which everybody lives by it */
export async function withOwnClock(databaseUrl: string): Promise<string> {
  await run(databaseUrl, CLOCK);
  const url = new URL(databaseUrl);
  url.searchParams.set('options', '-c search_path=clock,public,pg_catalog');
  return url.href;
}

/** Lets so many milliseconds pass. */
export async function advance(databaseUrl: string, ms: number): Promise<void> {
  await run(databaseUrl, `UPDATE clock.ahead SET ms = ms + ${Number(ms)}`);
}

async function run(databaseUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
