// Takes back a payout that a restored database has forgotten: Stripe has its transfer, and without the payout its statement
// would look unpaid and be paid once more. It goes the way of every payout, in one transaction, so that nothing is sent.
import cuid from '@bugsnag/cuid';
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import type { Actor } from './actor.js';
import { applyTransition, insertPayouts } from './apply.js';
import { InvalidInputError } from './errors.js';
import { attemptNumberIn } from './lost-attempts.js';
import { formatCents } from './money.js';
import { type TransferFact, transferGroupOf } from './ports.js';
import type { PayoutRow } from './row.js';
import { settleTransfer } from './settle.js';
import { lockStatements } from './statement.js';

export interface Adopted {
  payout: PayoutRow;
  /** What it was paid from; null: it can be of no statement, or somebody has said so. */
  royaltyStatementId: string | null;
}

/**
 * @param statementId what it was paid from; null: no statement; absent: the creator's only one of which just this much is left
 * @throws InvalidInputError where the transfer is not of a payout that was lost in a restore, does not fit, or nobody can know
 * what it was paid from: without its statement that would be paid once more
 */
export async function adoptTransfer(
  pool: pg.Pool,
  transfer: TransferFact,
  actor: Actor,
  statementId?: string | null,
): Promise<Adopted> {
  const id = lostPayoutOf(transfer);
  return inTransaction(pool, async (db) => {
    // Whoever asks for the same at once finds the payout there.
    await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('adopt:' || $1, 0))`, [id]);
    const creatorId = await creatorOf(db, id, transfer);
    const royaltyStatementId =
      statementId === null ? null : await statementOf(db, creatorId, transfer, statementId);
    const { amountCents, currency } = transfer;
    const asked = { id, creatorId, royaltyStatementId, amountCents, currency, approvalAboveCents: null };
    await insertPayouts(db, [asked], actor);
    const opens = { attemptId: cuid(), leaseMs: 0 };
    await applyTransition(db, 'claimed', [{ payoutId: id, from: 'PENDING', opens }], actor);
    await db.query(STARTED_THEN, [opens.attemptId]);
    const settled = await settleTransfer(db, id, transfer, actor);
    if (settled.kind === 'completed' || settled.kind === 'reversed')
      return { payout: settled.payout, royaltyStatementId };
    throw refused(settled.kind === 'mismatch' ? settled.why : 'it is not settled');
  });
}

/** Some time after the backup. It is under way no more, so that no worker sends it, whatever has become of its transfer. */
const STARTED_THEN = `UPDATE payout_attempts SET started_at = since.at, sent_at = since.at, outcome = 'UNKNOWN',
    finished_at = now()
  FROM (SELECT max(backup_at) AS at FROM restores) since WHERE id = $1`;

const refused = (why: string) => new InvalidInputError(['transfer'], `cannot be taken back: ${why}.`);

/** The payout that all that we write into a transfer names. */
function lostPayoutOf({ payoutId, idempotencyKey, transferGroup }: TransferFact): string {
  const ours = payoutId !== null && transferGroup === transferGroupOf(payoutId);
  if (ours && attemptNumberIn(idempotencyKey, payoutId) > 0) return payoutId;
  throw refused('we have not made it');
}

async function creatorOf(db: Queryable, payoutId: string, { destination }: TransferFact): Promise<string> {
  const { rows } = await db.query<{ restored: boolean; known: boolean; creators: string[] }>(
    `SELECT EXISTS (SELECT 1 FROM restores) AS restored, EXISTS (SELECT 1 FROM payouts WHERE id = $1) AS known,
       ARRAY(SELECT id FROM creators WHERE stripe_account_id = $2) AS creators`,
    [payoutId, destination],
  );
  const { restored, known, creators = [] } = rows[0] ?? {};
  if (known) throw refused('its payout is there');
  if (!restored) throw refused('this database was never restored');
  const [creator, ...others] = creators;
  if (!creator || others.length > 0) throw refused(`${creators.length} creators have its account`);
  return creator;
}

async function statementOf(
  db: Queryable,
  creatorId: string,
  { amountCents, currency }: TransferFact,
  wanted?: string,
): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>(
    'SELECT id FROM royalty_statements WHERE creator_id = $1 AND currency = $2 AND ($3::text IS NULL OR id = $3)',
    [creatorId, currency, wanted ?? null],
  );
  const locked = await lockStatements(
    db,
    rows.map(({ id }) => id),
  );
  const fits = [...locked].filter(([, { availableCents }]) =>
    wanted ? availableCents >= amountCents : availableCents === amountCents,
  );
  const [only] = fits;
  if (only && fits.length === 1) return only[0];
  if (wanted) throw refused('the statement is not the creator’s, or too little is left of it');
  const possible = await possibleOf(db, [...locked.keys()], amountCents);
  if (possible.length === 0) return null;
  throw refused(
    'of which statement it was paid is not certain: say --statement with its id, or none. What waits to be paid of it must be ' +
      `rejected first. ${formatCents(amountCents, currency)} may be of: ${possible.join(', ')}`,
  );
}

/** Those of which so much is not paid, whatever waits for it: without the transfer it would be paid once more. */
async function possibleOf(db: Queryable, ids: readonly string[], cents: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM royalty_statements s WHERE id = ANY($1::text[]) AND amount_cents - $2::int >= (
       SELECT COALESCE(sum(amount_cents), 0) FROM payouts WHERE royalty_statement_id = s.id AND status = 'COMPLETED')
     ORDER BY period_start DESC, id LIMIT 20`,
    [ids, cents],
  );
  return rows.map(({ id }) => id);
}
