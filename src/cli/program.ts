// All commands of the operator's tool. Each is a file beside this one.
import { Command } from 'commander';
import { addAdopt } from './adopt.js';
import { addAfterRestore } from './after-restore.js';
import { addAlias } from './alias.js';
import { addDoctor } from './doctor.js';
import { addEmailPreview } from './email-preview.js';
import { addExamples } from './examples.js';
import { addExport } from './export.js';
import { addImport } from './import.js';
import { addMigrate } from './migrate.js';
import { addReconcile } from './reconcile.js';
import { addRetry } from './retry.js';
import { addRun } from './run.js';
import { addSchema } from './schema.js';
import { addSeed } from './seed.js';
import { addServe } from './serve.js';
import { addSimulator } from './simulator.js';
import { addToken } from './token.js';
import { addVerify } from './verify.js';
import { addVerifyAudit } from './verify-audit.js';

const COMMANDS = [
  addServe,
  addMigrate,
  addSeed,
  addImport,
  addRun,
  addRetry,
  addAlias,
  addToken,
  addReconcile,
  addVerify,
  addVerifyAudit,
  addExport,
  addAfterRestore,
  addAdopt,
  addDoctor,
  addSimulator,
  addEmailPreview,
  addSchema,
];

export function createProgram(): Command {
  const program = new Command('payouts')
    .description('Pays creators their royalties through Stripe Connect.')
    .showHelpAfterError('(see payouts --help)');
  for (const add of COMMANDS) add(program);
  for (const command of program.commands) addExamples(command);
  return program;
}
