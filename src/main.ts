// Starts the service: `npm start`.
import { readConfig } from './config.js';
import { reportFailure } from './failure.js';
import { runServer } from './serve.js';

try {
  await runServer(readConfig());
} catch (error) {
  reportFailure(error);
}
