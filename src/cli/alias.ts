// payouts alias NAME CREATOR: says whom a distributor means by a name.
import type { Command } from 'commander';
import { listAliases, setAlias } from '../statements/aliases.js';
import { withDatabase } from './context.js';

export function addAlias(program: Command): void {
  program
    .command('alias')
    .argument('[name]', 'the name in the statement files; without it, lists all names')
    .argument('[creator]', "the creator's e-mail, external id or id")
    .description("Says whom a distributor means by an artist's name")
    .option('--replace', 'lets a name point to another creator than before')
    .action(async (name: string | undefined, creator: string | undefined, flags: { replace?: boolean }) => {
      if (name === undefined) return list();
      if (creator === undefined) program.error(`Say whose name “${name}” is: payouts alias NAME CREATOR`);
      await withDatabase(({ db, actor }) => setAlias(db, { name, creator, actor, replace: flags.replace }));
      console.log(`“${name}” means ${creator}.`);
    });
}

async function list(): Promise<void> {
  const aliases = await withDatabase(({ db }) => listAliases(db));
  if (aliases.length === 0) console.log('There are no names yet: payouts alias NAME CREATOR');
  else console.table(aliases);
}
