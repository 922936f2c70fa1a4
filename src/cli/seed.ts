// payouts seed: demo data, for a database without creators, beside the simulator: ours, or the one that STRIPE_API_URL names.
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
        const url = simulatorUrl ?? standIn(config.stripe.apiUrl);
        if (!url) {
          program.error(
            'Demo data need the simulator: unset STRIPE_SECRET_KEY, or name one by STRIPE_API_URL. Nothing was changed.',
          );
        }
        const simulator = new SimulatorClient(url);
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

/** Never Stripe itself: it has no such accounts to give. */
const standIn = (apiUrl: string | undefined) =>
  apiUrl && !/(^|\.)stripe\.com$/.test(new URL(apiUrl).hostname) ? apiUrl : null;
