// payouts token: a bearer token for an admin or a creator, signed with JWT_SECRET.
import type { Command } from 'commander';
import { parseDuration } from '../config.js';
import { signToken } from '../http/identity.js';
import type { Viewer } from '../payouts/viewer.js';
import { type CommandContext, withDatabase } from './context.js';

interface TokenFlags {
  creator?: string;
  sub?: string;
  expires: string;
}

export function addToken(program: Command): void {
  program
    .command('token')
    .description('Prints a bearer token: for an admin, or for one creator')
    .option('--creator <creator>', 'for this creator: id, external id or e-mail; without it, for an admin')
    .option('--sub <name>', 'whom the audit names; the default is "admin", or the creator\'s id')
    .option('--expires <duration>', 'how long it holds, such as 30m or 12h', '1h')
    .action(async (flags: TokenFlags) => {
      console.log(await withDatabase((context) => makeToken(program, context, flags)));
    });
}

async function makeToken(
  program: Command,
  { config, db }: CommandContext,
  flags: TokenFlags,
): Promise<string> {
  const { secret } = config.jwt;
  if (!secret)
    program.error('Tokens are signed by whoever owns the key set at JWT_JWKS_URL; we cannot make one.');
  const viewer = flags.creator
    ? await creatorViewer(program, db, flags.creator, flags.sub)
    : { role: 'ADMIN' as const, sub: flags.sub ?? 'admin' };
  return signToken({ ...config.jwt, secret }, viewer, parseDuration(flags.expires) / 1_000);
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
