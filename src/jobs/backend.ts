// Where Agenda keeps its jobs: the product's own Postgres pool, another Postgres, or MongoDB.
import type { EventEmitter } from 'node:events';
import { PostgresBackend } from '@agendajs/postgres-backend';
import type { AgendaBackend } from 'agenda';
import type pg from 'pg';
import type { Logger } from '../observability/logger.js';

export interface BackendOptions {
  pool: pg.Pool;
  /** Absent: the pool's own database. */
  agendaUrl?: string | undefined;
  log: Logger;
}

/** Agenda's own default, `agenda:jobs`, is not what its documentation says; so it is named. */
const CHANNEL = 'agenda_jobs';

export async function createBackend({ pool, agendaUrl, log }: BackendOptions): Promise<AgendaBackend> {
  if (agendaUrl?.startsWith('mongodb')) {
    const { MongoBackend } = await import('@agendajs/mongo-backend');
    return new MongoBackend({ address: agendaUrl });
  }
  const where = agendaUrl
    ? // Nobody migrates a database that holds nothing but jobs.
      { connectionString: agendaUrl, ensureSchema: true }
    : // Our migration makes the table: Agenda's own start races between processes.
      { pool, ensureSchema: false };
  const backend = new PostgresBackend({ ...where, channelName: CHANNEL });
  // Without a listener a lost LISTEN connection would end the process.
  const channel = backend.notificationChannel as unknown as EventEmitter | undefined;
  channel?.on('error', (error: Error) => log.warn({ err: error }, 'job notifications'));
  return backend;
}
