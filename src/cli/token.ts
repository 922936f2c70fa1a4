// payouts token: a bearer token for an admin or a creator, signed with JWT_SECRET. Whoever holds it is whom it names, so the
// audit says who had it made.
import type { Command } from 'commander';
import { parseDuration } from '../config.js';
import { recordAudit } from '../db/audit.js';
import type { Queryable } from '../db/connect.js';
import { signToken } from '../http/identity.js';
import { type Actor, askedBy } from '../payouts/actor.js';
import type { Viewer } from '../payouts/viewer.js';
import { byOperator, type CommandContext, withDatabase } from './context.js';

interface TokenFlags {
  creator?: string;
  sub?: string;
  expires: string;
  reason?: string;
}

export function addToken(program: Command): void {
  program
    .command('token')
    .description('Prints a bearer token: for an admin, or for one creator')
    .option('--creator <creator>', 'for this creator: id, external id or e-mail; without it, for an admin')
    .option('--sub <name>', 'whom the audit names; the default is "admin", or the creator\'s id')
    .option('--expires <duration>', 'how long it holds, such as 30m or 12h', '1h')
    .option('--reason <text>', 'why: kept in the audit, with who, for whom and until when')
    .action(async (flags: TokenFlags) => {
      console.log(await withDatabase((context) => makeToken(program, context, flags)));
    });
}

async function makeToken(program: Command, context: CommandContext, flags: TokenFlags): Promise<string> {
  if (!context.config.jwt.secret)
    program.error('Tokens are signed by whoever owns the key set at JWT_JWKS_URL; we cannot make one.');
  const viewer = flags.creator
    ? await creatorViewer(program, context.db, flags.creator, flags.sub)
    : { role: 'ADMIN' as const, sub: flags.sub ?? 'admin' };
  return issueToken(context, viewer, parseDuration(flags.expires), flags.reason);
}

/** A token for `viewer` that holds for so many milliseconds, with its audit row where there is a database to take it. */
export async function issueToken(
  { config: { jwt }, db, actor }: IssueDeps,
  viewer: Viewer,
  lifetimeMs: number,
  reason?: string,
): Promise<string> {
  const { secret = '' } = jwt;
  await recordToken(db.pool, viewer, lifetimeMs, byOperator(actor, reason)).catch(tellUnrecorded);
  return signToken({ ...jwt, secret }, viewer, lifetimeMs / 1_000);
}

interface IssueDeps {
  config: { jwt: CommandContext['config']['jwt'] };
  db: Pick<CommandContext['db'], 'pool'>;
  actor: string;
}

/** Before it is printed. The token itself is a secret and stands nowhere. */
async function recordToken(db: Queryable, viewer: Viewer, lifetimeMs: number, actor: Actor): Promise<void> {
  await recordAudit(db, {
    chain: 'tokens',
    ...askedBy(actor),
    action: 'token_issued',
    after: { ...viewer, expiresAt: new Date(Date.now() + lifetimeMs) },
  });
}

/** Somebody may need one just because the database is away. */
function tellUnrecorded(error: unknown): void {
  const why = error instanceof Error ? error.message || error.name : String(error);
  console.error(`The database takes no audit row of this token (${why}): write down yourself who has it.`);
}

async function creatorViewer(
  program: Command,
  { prisma }: CommandContext['db'],
  creator: string,
  sub: string | undefined,
): Promise<Viewer> {
  const found = await prisma.creator.findMany({
    where: { OR: [{ id: creator }, { externalId: creator }, { email: creator }] },
    take: 2,
  });
  if (found.length !== 1 || !found[0]) {
    program.error(
      found.length === 0 ? `There is no creator “${creator}”.` : `“${creator}” means several creators.`,
    );
  }
  return { role: 'CREATOR', sub: sub ?? found[0].id, creatorId: found[0].id };
}
