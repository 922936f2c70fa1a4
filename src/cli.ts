// The operator's tool: `npm run payouts -- COMMAND`. Each command is a file under cli/.
import { createProgram } from './cli/program.js';
import { reportFailure } from './failure.js';

try {
  await createProgram().parseAsync();
} catch (error) {
  reportFailure(error);
}
