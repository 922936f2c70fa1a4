// Starts the service: `npm start`.
import { readConfig } from './config.js';
import { runServer } from './serve.js';

try {
  await runServer(readConfig());
} catch (error) {
  const expected = error instanceof Error && 'code' in error;
  console.error(expected ? error.message : error);
  process.exit(1);
}
