// Takes back a payout that a restored database has forgotten: Stripe has its transfer, and without the payout its statement
// would look unpaid and be paid once more. It goes the way of every payout, in one transaction, so that nothing is sent.
import cuid from '@bugsnag/cuid';
import type pg from 'pg';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import type { Actor } from './actor.js';
import { applyTransition, insertPayouts } from './apply.js';
import { InvalidInputError } from './errors.js';
import type { TransferFact } from './ports.js';
import type { PayoutRow } from './row.js';
import { settleTransfer } from './settle.js';
import { lockStatements } from './statement.js';

export interface Adopted {
  payout: PayoutRow;
  /** What it was paid from; null: nothing is left of any statement that fits, or of several. */
  royaltyStatementId: string | null;
}

/**
 * @param statementId what it was paid from; absent: the creator's only statement of which just this much is left
 * @throws InvalidInputError where the transfer is not of a payout that was lost in a restore, or does not fit
 */
export async function adoptTransfer(
  pool: pg.Pool,
  transfer: TransferFact,
  actor: Actor,
  statementId?: string,
): Promise<Adopted> {
  const id = lostPayoutOf(transfer);
  return inTransaction(pool, async (db) => {
    const creatorId = await creatorOf(db, id, transfer);
    const royaltyStatementId = await statementOf(db, creatorId, transfer, statementId);
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

/** Some time after the backup. */
const STARTED_THEN = `UPDATE payout_attempts SET started_at = since.at, sent_at = since.at
  FROM (SELECT max(backup_at) AS at FROM restores) since WHERE id = $1`;

const refused = (why: string) => new InvalidInputError(['transfer'], `cannot be taken back: ${why}.`);

/** The payout that all that we write into a transfer names. */
function lostPayoutOf({ payoutId, idempotencyKey, transferGroup }: TransferFact): string {
  const ours = payoutId !== null && transferGroup === `payout_${payoutId}`;
  if (ours && new RegExp(`^payout_${payoutId}_[1-9]\\d{0,2}$`).test(idempotencyKey ?? '')) return payoutId;
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
  wanted: string | undefined,
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
  return null;
}
