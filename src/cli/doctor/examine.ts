// The whole examination. What cannot be looked at, because something before it is broken, is left out and not guessed.
import pg from 'pg';
import type { ReadyConfig } from '../../config.js';
import { checkAgenda } from './agenda.js';
import { checkChannels } from './channels.js';
import {
  AGENDA_CONNECTIONS,
  checkConnections,
  checkListening,
  checkTransactions,
  isSameServer,
} from './connections.js';
import { checkMigrations, checkObjects, checkRestore, checkRights } from './database.js';
import { checkDocuments } from './documents.js';
import { type Finding, failed, PATIENCE_MS, reasonOf } from './finding.js';
import { checkMail } from './mail.js';
import { checkKeySet, checkRedis } from './others.js';
import { checkClock, checkServer } from './postgres.js';
import { checkPublic } from './public.js';
import { checkApprovals, checkRefusals } from './records.js';
import { checkSettings } from './settings.js';
import { checkStripe } from './stripe.js';
import { checkWork } from './work.js';

/** Changes nothing, anywhere. @param migrations their folder */
export async function examine(config: ReadyConfig, migrations: string): Promise<Finding[]> {
  const { database, redisUrl, jwt, production } = config;
  const client = await connected(database.url);
  const open = client instanceof pg.Client ? client : null;
  try {
    const parts = await Promise.all([
      checkRedis(redisUrl),
      checkAgenda(config),
      checkKeySet(jwt.jwksUrl),
      checkMail(config.mail.smtpUrl, production),
      checkDocuments(config),
      checkChannels(config),
      checkPublic(config),
    ]);
    const stored = open
      ? await examineDatabase(open, config, migrations)
      : { findings: [client as Finding], whole: false };
    const stripe = await checkStripe(config, stored.whole ? open : null);
    return [...checkSettings(config), ...stored.findings, ...stripe, ...parts.flat()];
  } finally {
    await open?.end();
  }
}

async function connected(url: string): Promise<pg.Client | Finding> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    statement_timeout: PATIENCE_MS,
    application_name: 'payouts-doctor',
  });
  client.on('error', () => undefined); // the next query rejects
  try {
    await client.connect();
    await client.query(`SET TIME ZONE 'UTC'`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const absent = (error as { code?: string }).code === '3D000';
    const fix = absent ? 'npm run payouts -- migrate' : 'Look at DATABASE_URL, and whether the server runs.';
    return failed('postgres', `Postgres cannot be reached: ${reasonOf(error)}.`, fix);
  }
}

async function examineDatabase(client: pg.Client, config: ReadyConfig, migrations: string) {
  const { database, production, sweepIntervalMs, limits } = config;
  const forbidden = await checkRights(client);
  if (forbidden.length > 0) return { findings: forbidden, whole: false };
  const pending = await checkMigrations(database.url, migrations);
  const findings = [
    ...(await checkServer(client, production)),
    ...(await checkClock(client)),
    ...(await examineConnections(client, config)),
    ...pending,
  ];
  const whole = pending.every(({ status }) => status === 'ok');
  if (!whole) return { findings, whole };
  findings.push(...(await checkRestore(database.url)));
  findings.push(...(await checkObjects(client, migrations)), ...(await checkWork(client, sweepIntervalMs)));
  findings.push(
    ...(await checkApprovals(client, limits.approvalAboveCents)),
    ...(await checkRefusals(client)),
  );
  return { findings, whole };
}

async function examineConnections(client: pg.Client, { database, agendaUrl }: ReadyConfig) {
  const shared = agendaUrl?.startsWith('postgres') && isSameServer(agendaUrl, database.url);
  return [
    ...(await checkConnections(client, database.poolSize + (shared ? AGENDA_CONNECTIONS : 0))),
    ...(await checkTransactions(client)),
    // Jobs are listened for where Agenda keeps them.
    ...(agendaUrl ? [] : await checkListening(database.url, 'DATABASE_URL')),
  ];
}
