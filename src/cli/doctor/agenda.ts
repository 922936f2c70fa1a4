// Agenda's store, where it is another database than ours.
import { MongoClient } from 'mongodb';
import pg from 'pg';
import type { ReadyConfig } from '../../config.js';
import { AGENDA_CONNECTIONS, checkConnections, checkListening, isSameServer } from './connections.js';
import { type Finding, failed, ok, PATIENCE_MS, reasonOf } from './finding.js';

export async function checkAgenda({ agendaUrl: url, database }: ReadyConfig): Promise<Finding[]> {
  if (!url) return [];
  try {
    const found = await (url.startsWith('mongodb') ? pingMongo(url) : lookAtPostgres(url, database.url));
    return [ok('agenda', "Agenda's store is reachable."), ...found];
  } catch (error) {
    return [failed('agenda', `Agenda's store cannot be reached: ${reasonOf(error)}.`, 'Look at AGENDA_URL.')];
  }
}

async function pingMongo(url: string): Promise<Finding[]> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: PATIENCE_MS });
  await client
    .db()
    .command({ ping: 1 })
    .finally(() => client.close());
  return [];
}

/** On our own server its connections are counted with ours. */
async function lookAtPostgres(url: string, ours: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => undefined); // the query rejects with the same
  try {
    await client.connect();
    const rooms = isSameServer(url, ours)
      ? []
      : await checkConnections(client, AGENDA_CONNECTIONS, "Agenda's Postgres");
    return [...rooms, ...(await checkListening(url, 'AGENDA_URL'))];
  } finally {
    await client.end();
  }
}
