// Demo data as an operator brings them in: beside a simulator of its own, in production too, and never beside Stripe.
import os from 'node:os';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { withDatabase } from '../../src/cli/context.js';
import { createProgram } from '../../src/cli/program.js';
import { JWT_SECRET } from '../support/running-app.js';
import { CONNECT_SECRET, createWorld, PLATFORM_SECRET, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
});

/** As docker-compose.yml has it: production, with a simulator in Stripe's place. */
function settings(apiUrl: string): void {
  const all = {
    NODE_ENV: 'production',
    DATABASE_URL: world.databaseUrl,
    REDIS_URL: 'redis://127.0.0.1:1',
    STRIPE_SECRET_KEY: 'sk_test_simulator',
    STRIPE_API_URL: apiUrl,
    STRIPE_WEBHOOK_SECRET: PLATFORM_SECRET,
    STRIPE_CONNECT_WEBHOOK_SECRET: CONNECT_SECRET,
    JWT_SECRET,
    JWT_ISSUER: 'payouts',
    JWT_AUDIENCE: 'payouts',
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
}

/** @returns what it said, also where it refused */
async function seed(): Promise<string> {
  let said = '';
  const hear = (text: string) => {
    said += text;
  };
  vi.spyOn(console, 'log').mockImplementation(hear);
  const program = createProgram();
  for (const one of [program, ...program.commands]) {
    one.exitOverride().configureOutput({ writeErr: hear });
  }
  await program.parseAsync(['seed'], { from: 'user' }).catch((error: { code?: string }) => {
    if (!error.code?.startsWith('commander.')) throw error;
  });
  return said;
}

const creators = async () =>
  Number((await world.db.pool.query('SELECT count(*) AS n FROM creators')).rows[0].n);

it('puts nothing in beside Stripe', async () => {
  settings('https://api.stripe.com');
  expect(await seed()).toContain('Demo data need the simulator');
  expect(await creators()).toBe(0);
});

it('puts them in once, beside the simulator that STRIPE_API_URL names', async () => {
  settings(world.simulatorUrl);
  expect(await seed()).toBe('Demo data are in.');
  expect(await creators()).toBe(4);
  expect(await seed()).toContain('nothing was changed');
});

it('runs as a user that the machine has no name for, and the audit has the number', async () => {
  settings(world.simulatorUrl);
  vi.spyOn(os, 'userInfo').mockImplementation(() => {
    throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
  });
  const actor = await withDatabase(async (context) => context.actor);
  expect(actor).toBe(`operator:uid-${process.getuid?.()}`);
});
