// The operator's tool: `npm run payouts -- COMMAND`. Each command is a file under cli/.
import { Command } from 'commander';
import { addAlias } from './cli/alias.js';
import { addEmailPreview } from './cli/email-preview.js';
import { addImport } from './cli/import.js';
import { addMigrate } from './cli/migrate.js';
import { addReconcile } from './cli/reconcile.js';
import { addSchema } from './cli/schema.js';
import { addSeed } from './cli/seed.js';
import { addServe } from './cli/serve.js';
import { addSimulator } from './cli/simulator.js';
import { addToken } from './cli/token.js';
import { addVerify } from './cli/verify.js';
import { addVerifyAudit } from './cli/verify-audit.js';
import { reportFailure } from './failure.js';

const program = new Command('payouts')
  .description('Pays creators their royalties through Stripe Connect.')
  .showHelpAfterError('(see payouts --help)');

const commands = [
  addServe,
  addMigrate,
  addSeed,
  addImport,
  addAlias,
  addToken,
  addReconcile,
  addVerify,
  addVerifyAudit,
  addSimulator,
  addEmailPreview,
  addSchema,
];
for (const add of commands) add(program);

try {
  await program.parseAsync();
} catch (error) {
  reportFailure(error);
}
