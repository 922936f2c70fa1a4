// payouts alias NAME CREATOR: says whom a distributor means by a name.
import type { Command } from 'commander';
import { optionalReason } from '../payouts/reason.js';
import { listAliases, setAlias } from '../statements/aliases.js';
import { withDatabase } from './context.js';

interface AliasFlags {
  replace?: boolean;
  reason?: string;
}

export function addAlias(program: Command): void {
  program
    .command('alias')
    .argument('[name]', 'the name in the statement files; without it, lists all names')
    .argument('[creator]', "the creator's e-mail, external id or id")
    .description("Says whom a distributor means by an artist's name")
    .option('--replace', 'lets a name point to another creator than before')
    .option('--reason <text>', 'why: kept in the audit')
    .action(async (name: string | undefined, creator: string | undefined, flags: AliasFlags) => {
      if (name === undefined) return list();
      if (creator === undefined) program.error(`Say whose name “${name}” is: payouts alias NAME CREATOR`);
      await withDatabase(({ db, actor }) =>
        setAlias(db, { name, creator, actor, replace: flags.replace, reason: optionalReason(flags.reason) }),
      );
      console.log(`“${name}” means ${creator}.`);
    });
}

async function list(): Promise<void> {
  const aliases = await withDatabase(({ db }) => listAliases(db));
  if (aliases.length === 0) console.log('There are no names yet: payouts alias NAME CREATOR');
  else console.table(aliases);
}
