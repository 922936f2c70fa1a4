// payouts seed: demo data, for a database without creators.
import type { Command } from 'commander';
import { seedDemo } from '../dev/demo.js';
import { SimulatorClient } from '../stripe/simulator/client.js';
import { NO_SIGNALS, withDatabase } from './context.js';

export function addSeed(program: Command): void {
  program
    .command('seed')
    .description('Puts demo data into an empty database; needs the Stripe simulator')
    .action(() =>
      withDatabase(async ({ config, db, simulatorUrl }) => {
        if (!simulatorUrl) {
          program.error('Demo data need the simulator: unset STRIPE_SECRET_KEY. Nothing was changed.');
        }
        const simulator = new SimulatorClient(simulatorUrl);
        // The payouts are found by the next worker that looks.
        const seeded = await seedDemo({
          pool: db.pool,
          limits: config.limits,
          signals: NO_SIGNALS,
          simulator,
        });
        console.log(seeded ? 'Demo data are in.' : 'There are creators already: nothing was changed.');
      }),
    );
}
