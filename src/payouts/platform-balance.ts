// Looks whether the platform has the money at Stripe for what is about to leave, and raises or ends the alert of it: one
// for each currency.
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import type { Logger } from '../observability/logger.js';
import { keepAlert, openAlert, resolveAlert } from './alerts.js';
import { formatCents } from './money.js';
import { reservePace, sleep } from './pace.js';
import type { PlatformBalance, Signals } from './ports.js';
import type { PayoutRow } from './row.js';
import { MAY_BE_SENT } from './sendable.js';

const RULE = 'platform_balance_low';

/** Stripe's code where a transfer is more than the platform has. */
export const TOO_LITTLE = 'balance_insufficient';

export interface BalanceDeps {
  pool: pg.Pool;
  balance: PlatformBalance;
  signals: Pick<Signals, 'changed'>;
  log: Logger;
  /** Requests a second to each of Stripe's endpoints, of all workers together. */
  maxRps: number;
}

/** Stripe is asked only where money is due. While it does not answer, whatever alert is open stays so and none is raised. */
export async function checkPlatformBalance(deps: BalanceDeps): Promise<void> {
  const changes = await check(deps);
  if (changes.includes(true)) deps.signals.changed();
}

/** @returns of each alert whether it changed */
async function check(deps: BalanceDeps): Promise<boolean[]> {
  // No balance is too low for nothing.
  if ((await dueByCurrency(deps.pool)).size === 0)
    return inTransaction(deps.pool, (db) => compare(db, new Map(), {}));
  const available = await ask(deps).catch((err: unknown) => {
    deps.log.warn({ err }, 'the balance at Stripe could not be read; its alerts stay as they are');
    return null;
  });
  if (!available) return [];
  // What is due is read after the balance: what has left in between is missing in both, and is not taken for a lack.
  return inTransaction(deps.pool, async (db) => compare(db, await dueByCurrency(db), available));
}

type ByCurrency = Readonly<Record<string, number>>;

/** Not inside a transaction. */
async function ask({ pool, balance, maxRps }: BalanceDeps): Promise<ByCurrency> {
  const [wait = 0] = await reservePace(pool, 'balance.retrieve', maxRps, 1);
  await sleep(wait);
  return balance.available();
}

async function compare(
  db: Queryable,
  due: ReadonlyMap<string, number>,
  available: ByCurrency,
): Promise<boolean[]> {
  const changes: boolean[] = [];
  for (const currency of new Set([...due.keys(), ...(await alerted(db))])) {
    const lack = { currency, dueCents: due.get(currency) ?? 0, availableCents: available[currency] ?? 0 };
    const low = lack.dueCents > lack.availableCents;
    changes.push(low ? await keepAlert(db, alertOf(lack)) : await resolveAlert(db, RULE, currency));
  }
  return changes;
}

/** Cents that wait to be sent: for the first time, or again at the time of their retry. */
async function dueByCurrency(db: Queryable): Promise<Map<string, number>> {
  const { rows } = await db.query<{ currency: string; cents: string }>({ name: 'due-cents', text: DUE_SQL });
  return new Map(rows.map(({ currency, cents }) => [currency, Number(cents)]));
}

/** Each half by an index of its own. What the claim passes over does not leave: held, not approved, without an account. */
export const DUE_SQL = `
SELECT p.currency, sum(p.amount_cents) AS cents
FROM (
  SELECT * FROM payouts WHERE status = 'PENDING'
  UNION ALL
  SELECT * FROM payouts WHERE status = 'FAILED' AND next_attempt_at IS NOT NULL
) p JOIN creators c ON c.id = p.creator_id
WHERE ${MAY_BE_SENT}
GROUP BY p.currency`;

async function alerted(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>(
    `SELECT key FROM alerts WHERE rule = '${RULE}' AND open_key IS NOT NULL`,
  );
  return rows.map(({ key }) => key);
}

interface Lack {
  currency: string;
  dueCents: number;
  availableCents: number;
}

function alertOf({ currency, dueCents, availableCents }: Lack) {
  const [due, there, missing] = [dueCents, availableCents, dueCents - availableCents].map((cents) =>
    formatCents(cents, currency),
  );
  return {
    rule: RULE,
    key: currency,
    message: `${due} is due and the platform has ${there} at Stripe. Top up at least ${missing}; what fails until then is retried.`,
    details: { currency, dueCents, availableCents },
  } as const;
}

/** Stripe has just said so. The next check says how much is missing, or that nothing is any more. */
export function openBalanceAlert(
  db: Queryable,
  { currency, amountCents }: Pick<PayoutRow, 'currency' | 'amountCents'>,
): Promise<void> {
  const amount = formatCents(amountCents, currency);
  return openAlert(db, {
    rule: RULE,
    key: currency,
    message: `Stripe refused a transfer of ${amount}: the platform has too little money there. Top it up; what failed is retried.`,
    details: { currency },
  });
}
