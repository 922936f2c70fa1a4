// The names under which distributors report a creator. The admin keeps them; an import only reads them.
import type pg from 'pg';
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { inTransaction } from '../db/transaction.js';
import { type CreatorRef, findCreators } from './creators.js';
import { AliasTakenError, AmbiguousCreatorError, BadAliasError, UnknownCreatorError } from './errors.js';
import { foldName } from './names.js';

export interface AliasDeps {
  pool: pg.Pool;
}

export interface AliasInput {
  /** As a file spells it; spellings that fold alike are one name. */
  name: string;
  /** E-mail address, external id or id. */
  creator: string;
  /** Who does it: the token's `sub`, or `system`. */
  actor: string;
  /** Why, in their words. */
  reason?: string | undefined;
  /** Lets the name lead to this creator even if it leads to another. */
  replace?: boolean | undefined;
}

export interface AliasChange {
  name: string;
  creator: CreatorRef;
  outcome: 'created' | 'unchanged' | 'replaced';
  /** Whom the name led to, if it was replaced. */
  previous: CreatorRef | null;
}

/**
 * Makes the name lead to the creator, in the imports to come; statements that exist stay as they are.
 * @throws BadAliasError, UnknownCreatorError, AmbiguousCreatorError; AliasTakenError without `replace`
 */
export async function setAlias(deps: AliasDeps, input: AliasInput): Promise<AliasChange> {
  const name = input.name.trim();
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(name) || /[\p{Cc}\p{Cs}]/u.test(name)) throw new BadAliasError();
  return inTransaction(deps.pool, async (db) => {
    const creator = await findCreator(db, input.creator);
    const previous = await currentCreator(db, foldName(name));
    if (previous?.id === creator.id) return { name, creator, outcome: 'unchanged', previous: null };
    if (previous && input.replace !== true) {
      throw new AliasTakenError(name, previous.id, previous.displayName);
    }
    await writeAlias(db, name, creator, previous, input);
    return { name, creator, outcome: previous ? 'replaced' : 'created', previous: previous ?? null };
  });
}

async function findCreator(db: Queryable, creator: string): Promise<CreatorRef> {
  const key = creator.trim();
  const [found, ...others] = (await findCreators(db, 'account', [key])).get(key) ?? [];
  if (!found) throw new UnknownCreatorError();
  if (others.length > 0) throw new AmbiguousCreatorError();
  return found;
}

/** Holds the name, taken or not, until the transaction ends, so that two admins cannot both find it free. */
async function currentCreator(db: Queryable, nameKey: string): Promise<CreatorRef | undefined> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('alias:' || $1, 0))`, [nameKey]);
  return (await findCreators(db, 'alias', [nameKey])).get(nameKey)?.[0];
}

async function writeAlias(
  db: Queryable,
  name: string,
  creator: CreatorRef,
  previous: CreatorRef | undefined,
  { actor, reason }: Pick<AliasInput, 'actor' | 'reason'>,
): Promise<void> {
  await db.query(
    `INSERT INTO creator_aliases (name_key, name, creator_id) VALUES ($1, $2, $3)
     ON CONFLICT (name_key) DO UPDATE SET name = excluded.name, creator_id = excluded.creator_id`,
    [foldName(name), name, creator.id],
  );
  await recordAudit(db, {
    chain: 'aliases',
    actor,
    action: 'alias_set',
    ...(reason && { reason }),
    ...(previous && { before: { name, creatorId: previous.id } }),
    after: { name, creatorId: creator.id },
  });
}

/** Whom names led to before they were made to lead to somebody else: by folded name, the ids. */
export async function formerCreators(
  db: Queryable,
  nameKeys: ReadonlySet<string>,
): Promise<Map<string, ReadonlySet<string>>> {
  const { rows } = await db.query<{ name: string; creatorId: string }>(
    `SELECT before->>'name' AS name, before->>'creatorId' AS "creatorId" FROM audit_events
     WHERE chain = 'aliases' AND before IS NOT NULL`,
  );
  const former = new Map<string, Set<string>>();
  for (const { name, creatorId } of rows) {
    const key = foldName(name);
    if (nameKeys.has(key)) former.set(key, (former.get(key) ?? new Set()).add(creatorId));
  }
  return former;
}

export interface Alias {
  name: string;
  creator: CreatorRef;
}

/** All of them, by name. */
export async function listAliases(deps: AliasDeps): Promise<Alias[]> {
  const { rows } = await deps.pool.query<{ name: string; id: string; displayName: string }>(
    `SELECT a.name, c.id, c.display_name AS "displayName"
     FROM creator_aliases a JOIN creators c ON c.id = a.creator_id ORDER BY a.name_key`,
  );
  return rows.map(({ name, id, displayName }) => ({ name, creator: { id, displayName } }));
}
