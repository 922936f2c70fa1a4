// The settings: the only reader of the environment, and one error that lists all that is wrong with it.
import type { z } from 'zod';
import { arrange, type Config } from './settings/arrange.js';
import { Environment, REQUIRED_IN_PRODUCTION, type Settings } from './settings/schema.js';
import { duration } from './settings/values.js';

export type { Config };

/** Everything that is wrong with the settings, in one message. */
export class ConfigError extends Error {
  readonly code = 'CONFIG';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`These settings must be mended first:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.problems = problems;
  }
}

/** @throws ConfigError that lists every problem */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  // An empty setting is one that is not set: compose files and shells hand those in.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = Environment.safeParse(set);
  const problems = [...malformed(parsed.error), ...missing(set), ...contradictions(parsed.data)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return arrange(parsed.data);
}

const malformed = (error: z.ZodError | undefined): string[] =>
  (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);

/** Looks at the environment as it is, so that it says all even where a value does not hold. */
function missing(set: Readonly<Record<string, unknown>>): string[] {
  if (set.NODE_ENV !== 'production') return [];
  const problems: string[] = REQUIRED_IN_PRODUCTION.filter((name) => !set[name]).map(
    (name) => `${name}: must be set in production`,
  );
  if (!set.JWT_SECRET && !set.JWT_JWKS_URL) {
    problems.push('JWT_SECRET or JWT_JWKS_URL: one must be set in production');
  }
  return problems;
}

function contradictions(env: Settings | undefined): string[] {
  if (!env) return [];
  const problems: string[] = [];
  if (env.MIN_PAYOUT_AMOUNT_CENTS > env.MAX_PAYOUT_AMOUNT_CENTS) {
    problems.push('MIN_PAYOUT_AMOUNT_CENTS: is more than MAX_PAYOUT_AMOUNT_CENTS');
  }
  if (env.JWT_SECRET && env.JWT_JWKS_URL) {
    problems.push('JWT_SECRET, JWT_JWKS_URL: set one of them, not both');
  }
  if (env.STRIPE_API_URL && !env.STRIPE_SECRET_KEY) {
    problems.push('STRIPE_SECRET_KEY: must be set beside STRIPE_API_URL');
  }
  return problems;
}

/** `10s`, `5m`, `1h`, `200ms` as milliseconds. @throws ConfigError */
export function parseDuration(text: string): number {
  const parsed = duration.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map(({ message }) => message));
}

/** Settings with nothing missing: given by hand in production, filled in by `dev/embed` on a fresh machine. */
export type ReadyConfig = Omit<Config, 'database' | 'stripe'> & {
  database: Config['database'] & { url: string };
  stripe: Omit<Config['stripe'], 'secretKey'> & { secretKey: string };
};

/** @throws ConfigError when something that nobody filled in is missing */
export function assertReady(config: Config): ReadyConfig {
  const { database, stripe } = config;
  const problems: string[] = [];
  if (!database.url) problems.push('DATABASE_URL: must be set');
  if (!stripe.secretKey) problems.push('STRIPE_SECRET_KEY: must be set');
  if (stripe.webhookSecrets.length === 0) problems.push('STRIPE_WEBHOOK_SECRET: must be set');
  if (!database.url || !stripe.secretKey || problems.length > 0) throw new ConfigError(problems);
  return {
    ...config,
    database: { ...database, url: database.url },
    stripe: { ...stripe, secretKey: stripe.secretKey },
  };
}
