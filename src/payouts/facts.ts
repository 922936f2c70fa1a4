// What Stripe's events say in our own terms, and the questions that some of them raise: an event of an older API
// version is believed only as far as the API agrees. Stripe is asked before the transaction that applies the event.
import type { Queryable } from '../db/connect.js';
import { checkpoint } from '../observability/checkpoints.js';
import { reservePace, sleep } from './pace.js';
import {
  type AccountState,
  NO_ACCOUNT,
  type RetrievedTransfer,
  type StripeReader,
  type TransferFact,
  type TransferGateway,
} from './ports.js';

export interface AccountFact extends AccountState {
  accountId: string;
  /** When Stripe said so, by its clock, to the second. */
  toldAt: Date;
}

/** Money on its way from a creator's Stripe balance to its bank. */
export interface BankFact {
  id: string;
  accountId: string;
  amountCents: number;
  currency: string;
  status: 'paid' | 'failed';
  failureCode: string | null;
  /** `YYYY-MM-DD`. */
  arrivesOn: string | null;
  toldAt: Date;
}

/** What an event says. */
export type StripeFact =
  /** The transfer stands so: made, or taken back in part or whole. */
  | { kind: 'transfer'; transfer: TransferFact }
  /** Older API versions: it was made, or it failed afterwards. */
  | { kind: 'transfer_paid' | 'transfer_failed'; transfer: TransferFact }
  | ({ kind: 'account' } & AccountFact)
  | ({ kind: 'bank_payout' } & BankFact)
  /** It looks like ours and is somebody else's. */
  | { kind: 'foreign'; why: string }
  | { kind: 'ignored' };

/** The same, with what the API says to it where it had to be asked. */
export type CheckedFact =
  | Exclude<StripeFact, { kind: 'transfer_paid' | 'transfer_failed' }>
  | {
      kind: 'transfer_failed';
      transfer: TransferFact;
      atStripe: RetrievedTransfer | null;
      live: TransferFact[];
      /** When Stripe was asked, by the database's clock: what was sent since then it could not know of. */
      askedAt: string;
    };

export interface FactDeps {
  pool: Queryable;
  transfers: TransferGateway;
  stripe: StripeReader;
  maxRps: number;
}

/** @throws when Stripe does not answer: the event waits then */
export async function checkFact(deps: FactDeps, fact: StripeFact): Promise<CheckedFact> {
  switch (fact.kind) {
    case 'transfer_paid':
      return checkPaid(await retrieve(deps, fact.transfer.id), fact.transfer);
    case 'transfer_failed':
      return checkFailed(deps, fact.transfer);
    case 'account':
      return { ...fact, ...(await checkReadiness(deps, fact)) };
    default:
      return fact;
  }
}

function checkPaid(atStripe: RetrievedTransfer | null, { id }: TransferFact): CheckedFact {
  if (!atStripe || atStripe.failed)
    return { kind: 'foreign', why: `the API knows no transfer ${id} that was paid` };
  return { kind: 'transfer', transfer: atStripe };
}

async function checkFailed(deps: FactDeps, transfer: TransferFact): Promise<CheckedFact> {
  const { rows } = await deps.pool.query<{ now: string }>('SELECT now()::timestamp::text AS now');
  const askedAt = rows[0]?.now ?? '';
  const atStripe = await retrieve(deps, transfer.id);
  const all = transfer.payoutId === null ? [] : await list(deps, transfer.payoutId);
  const live = all.filter((one) => one.amountReversedCents < one.amountCents && one.id !== transfer.id);
  if (atStripe && !atStripe.failed) live.push(atStripe);
  return { kind: 'transfer_failed', transfer, atStripe, live, askedAt };
}

/** Two words of the same second: which one is the later, only the account itself can tell. */
async function checkReadiness(deps: FactDeps, fact: AccountFact): Promise<AccountState> {
  const { rowCount } = await deps.pool.query(
    `SELECT 1 FROM creators
     WHERE stripe_account_id = $1 AND readiness_told_at = $2::timestamp AND transfers_enabled <> $3 LIMIT 1`,
    [fact.accountId, fact.toldAt.toISOString(), fact.transfersEnabled],
  );
  if (rowCount === 0) return fact;
  await turn(deps, 'accounts.retrieve');
  const now = await deps.stripe.account(fact.accountId);
  checkpoint('inbox.after_question');
  return now ?? NO_ACCOUNT;
}

async function retrieve(deps: FactDeps, transferId: string): Promise<RetrievedTransfer | null> {
  await turn(deps, 'transfers.retrieve');
  const transfer = await deps.stripe.transfer(transferId);
  checkpoint('inbox.after_question');
  return transfer;
}

async function list(deps: FactDeps, payoutId: string): Promise<TransferFact[]> {
  await turn(deps, 'transfers.list');
  return deps.transfers.findByPayout(payoutId);
}

async function turn({ pool, maxRps }: FactDeps, endpoint: string): Promise<void> {
  const [wait = 0] = await reservePace(pool, endpoint, maxRps, 1);
  await sleep(wait);
}
