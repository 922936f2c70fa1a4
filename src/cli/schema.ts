// payouts schema: the GraphQL schema as the code has it.
import type { Command } from 'commander';
import { schemaText } from '../graphql/schema.js';

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('Prints the GraphQL schema')
    .action(() => void process.stdout.write(schemaText()));
}
