// payouts simulator: the Stripe simulator alone, for several processes that share it.
import path from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { startSimulator } from '../stripe/simulator/server.js';
import { toPort } from './port.js';

interface SimulatorFlags {
  port: number;
  webhookUrl?: string;
  journal?: string;
}

export function addSimulator(program: Command): void {
  program
    .command('simulator')
    .description('Starts the Stripe simulator alone; point STRIPE_API_URL to it')
    .option('--port <port>', 'where it listens', toPort, 4010)
    .option(
      '--webhook-url <url>',
      'where it sends webhooks, such as http://127.0.0.1:4000/api/webhooks/stripe',
    )
    .option('--journal <file>', 'keeps its state here; without it the state ends with the process')
    .action(run);
}

async function run({ port, webhookUrl, journal }: SimulatorFlags): Promise<void> {
  const { stripe, callerDir, host } = readConfig();
  const [platformSecret = 'whsec_simulator'] = stripe.webhookSecrets;
  const [connectSecret = 'whsec_simulator_connect'] = stripe.connectWebhookSecrets;
  const simulator = await startSimulator({
    port,
    host,
    platformSecret,
    connectSecret,
    ...(webhookUrl && { webhookUrl }),
    ...(journal && { journal: path.resolve(callerDir, journal) }),
  });
  console.log(`Stripe simulator  ${simulator.url}\nControl           ${simulator.url}/_control`);
  console.log(`Platform secret   ${platformSecret}\nConnect secret    ${connectSecret}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void simulator.close().then(() => process.exit(0)));
  }
}
