// payouts serve: the same as `npm start`.
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { runServer } from '../serve.js';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Starts the service: API, jobs or both, as ROLE says')
    .action(() => runServer(readConfig()));
}
