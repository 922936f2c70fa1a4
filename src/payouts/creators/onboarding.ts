// A creator sets up its account at Stripe: the account is made where there is none, and a link to Stripe's own pages is
// handed out. What came of it, Stripe says by webhook, and is asked when the creator comes back.
import type pg from 'pg';
import { recordAudit } from '../../db/audit.js';
import { inTransaction } from '../../db/transaction.js';
import type { Logger } from '../../observability/logger.js';
import { type Actor, askedBy } from '../actor.js';
import { CreatorNotReadyError, InvalidInputError, NotFoundError, StripeUnavailableError } from '../errors.js';
import { reservePace, sleep } from '../pace.js';
import type { NewAccount, OnboardingGateway, OnboardingLink, OnboardingUrls, Signals } from '../ports.js';

export interface OnboardingDeps {
  pool: pg.Pool;
  onboarding: OnboardingGateway;
  signals: Signals;
  maxRps: number;
  /** Stripe sends creators back to these origins alone. */
  returnOrigins: readonly string[];
  /** Where creators go back to when nobody says: our dashboard. Null: its address is not known. */
  home: string | null;
  log: Logger;
}

/**
 * A link that works once and for minutes; only its creator may be sent there.
 * @throws InvalidInputError for an address that Stripe must not send anybody to, NotFoundError, CreatorNotReadyError where
 * Stripe has no such account any more, StripeUnavailableError
 */
export async function createOnboardingLink(
  deps: OnboardingDeps,
  creatorId: string,
  asked: Partial<OnboardingUrls>,
  actor: Actor,
): Promise<OnboardingLink> {
  const returnUrl = checkedUrl(deps, 'returnUrl', asked.returnUrl ?? deps.home);
  const refreshUrl = checkedUrl(deps, 'refreshUrl', asked.refreshUrl ?? returnUrl);
  const urls = { returnUrl, refreshUrl };
  const accountId = await accountOf(deps, creatorId, actor);
  const link = await ask(deps, 'account_links.create', () => deps.onboarding.createLink(accountId, urls));
  if (!link) throw new CreatorNotReadyError(ACCOUNT_GONE);
  // Whoever opens it can say where the money goes: who had it must be known. The link itself is a secret.
  await recordAudit(deps.pool, {
    chain: `creator:${creatorId}`,
    ...askedBy(actor),
    action: 'onboarding_link_created',
    reason: 'The creator has asked for the way to its Stripe account.',
    after: { stripeAccountId: accountId, expiresAt: link.expiresAt },
  });
  return link;
}

/** A new one is not made by itself: what was sent to the old one is for people to look at first. */
const ACCOUNT_GONE =
  'Stripe has no such account any more, or it is not ours to set up. Ask the platform to take it off your profile: then ' +
  'this sets up a new one.';

/** Nobody is sent elsewhere by a link of ours. */
function checkedUrl({ returnOrigins }: OnboardingDeps, field: string, url: string | null): string {
  if (url === null) throw new InvalidInputError([field], 'say where to go back to: PUBLIC_URL is not set.');
  const parsed = URL.canParse(url) ? new URL(url) : null;
  // As we have read it: others may read a backslash or a line end in it otherwise. A `blob:` has its page's origin.
  const isPage = parsed && /^https?:$/.test(parsed.protocol) && returnOrigins.includes(parsed.origin);
  if (isPage && !parsed.username && !parsed.password) return parsed.href;
  throw new InvalidInputError([field], `must be an address of ${returnOrigins.join(' or ')}.`);
}

/** In the audit. */
const MADE = 'account_created';

async function accountOf(deps: OnboardingDeps, creatorId: string, actor: Actor): Promise<string> {
  const { rows } = await deps.pool.query<NewAccount & { accountId: string | null }>(
    `SELECT id, email, stripe_account_id AS "accountId", (SELECT count(*)::int FROM audit_events
       WHERE chain = 'creator:' || creators.id AND action = '${MADE}') AS "earlierAccounts"
     FROM creators WHERE id = $1`,
    [creatorId],
  );
  if (!rows[0]) throw new NotFoundError('creator');
  const { accountId, ...creator } = rows[0];
  return accountId ?? (await makeAccount(deps, creator, actor));
}

/** Two at once make one: Stripe takes the same key, and the row takes the first. */
async function makeAccount(deps: OnboardingDeps, creator: NewAccount, actor: Actor): Promise<string> {
  const made = await ask(deps, 'accounts.create', () => deps.onboarding.createAccount(creator));
  const accountId = await inTransaction(deps.pool, async (db) => {
    const { rows } = await db.query<{ before: string | null }>(
      'SELECT stripe_account_id AS before FROM creators WHERE id = $1 FOR NO KEY UPDATE',
      [creator.id],
    );
    if (!rows[0]) throw new NotFoundError('creator');
    if (rows[0].before) return rows[0].before;
    await db.query(
      `UPDATE creators SET stripe_account_id = $2, transfers_enabled = false, readiness_told_at = NULL,
         requirements = NULL, updated_at = now() WHERE id = $1`,
      [creator.id, made],
    );
    await recordAudit(db, {
      chain: `creator:${creator.id}`,
      actor: actor.name,
      action: MADE,
      reason: 'The creator has begun its Stripe onboarding.',
      ...(actor.requestId && { requestId: actor.requestId }),
      before: { stripeAccountId: null },
      after: { stripeAccountId: made },
    });
    return made;
  });
  deps.signals.accountsDue();
  return accountId;
}

/** Within Stripe's pace. @throws StripeUnavailableError for whatever Stripe throws */
async function ask<T>(deps: OnboardingDeps, endpoint: string, call: () => Promise<T>): Promise<T> {
  const [wait = 0] = await reservePace(deps.pool, endpoint, deps.maxRps, 1);
  await sleep(wait);
  return call().catch((cause: unknown) => {
    deps.log.error({ err: cause, endpoint }, 'a creator cannot be onboarded');
    throw new StripeUnavailableError({ cause });
  });
}
