// What commands that need the database share: settings, a connection, and an orderly end.
import os from 'node:os';
import { type ReadyConfig, readConfig } from '../config.js';
import { connect, type Database } from '../db/connect.js';
import { ensureDatabase, migrate } from '../db/migrate.js';
import { attach } from '../dev/embed.js';
import type { Actor } from '../payouts/actor.js';
import { OPERATOR_PREFIX } from '../payouts/control/same-person.js';
import type { Signals } from '../payouts/ports.js';
import { optionalReason } from '../payouts/reason.js';
import { MIGRATIONS } from '../wiring/database.js';

export interface CommandContext {
  config: ReadyConfig;
  db: Database;
  /** Null where a real Stripe key is set. */
  simulatorUrl: string | null;
  /** Who the audit names. */
  actor: string;
}

/** @param reason in the operator's words, where the command takes them @throws InvalidInputError for too many */
export function byOperator(name: string, reason: string | undefined): Actor {
  const why = optionalReason(reason);
  return { name, ...(why && { reason: why }) };
}

const nobody = () => undefined;

/** A command has no workers to wake; theirs look by themselves. */
export const NO_SIGNALS: Signals = {
  due: nobody,
  retriesDue: nobody,
  outcomesDue: nobody,
  accountsDue: nobody,
  reconciliationDue: nobody,
  changed: nobody,
};

/**
 * Runs a command on the configured database; on a fresh machine on the embedded one, that of the running server where
 * there is one.
 */
export async function withDatabase<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  const parts = await attach(readConfig());
  const { config } = parts;
  const { url, poolSize } = config.database;
  if (!config.production) {
    await ensureDatabase(url);
    await migrate(url, MIGRATIONS);
  }
  const db = connect({ url, poolSize, onError: (error) => console.error(error.message) });
  try {
    return await work({
      config,
      db,
      simulatorUrl: parts.simulatorUrl,
      actor: `${OPERATOR_PREFIX}${accountName()}`,
    });
  } finally {
    await db.close();
    await parts.stop();
  }
}

/** A container may run as a number that the machine has no name for. */
function accountName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `uid-${process.getuid?.()}`;
  }
}
