// All settings as one schema, and by topic as the docs have them.
import { z } from 'zod';
import { settings } from './about.js';
import { EDGE } from './edge.js';
import { MESSAGES } from './messages.js';
import { MONEY } from './money.js';
import { PROCESS } from './process.js';
import { STORES } from './stores.js';
import { STRIPE } from './stripe.js';
import { TOKENS } from './tokens.js';
import { WATCHING } from './watching.js';

export const Environment = z.object({
  ...PROCESS,
  ...STORES,
  ...STRIPE,
  ...TOKENS,
  ...MONEY,
  ...EDGE,
  ...MESSAGES,
  ...WATCHING,
});

export type Settings = z.output<typeof Environment>;

export const TOPICS: ReadonlyArray<{ title: string; shape: Readonly<Record<string, z.ZodType>> }> = [
  { title: 'The process', shape: PROCESS },
  { title: 'What it stands on', shape: STORES },
  { title: 'Stripe', shape: STRIPE },
  { title: 'Tokens', shape: TOKENS },
  { title: 'Payouts', shape: MONEY },
  { title: 'Who may call', shape: EDGE },
  { title: 'Alerts and e-mails', shape: MESSAGES },
  { title: 'Traces and errors', shape: WATCHING },
];

/** What production must be told, since it embeds nothing and makes nothing up. */
export const REQUIRED_IN_PRODUCTION: readonly string[] = Object.entries(Environment.shape)
  .filter(([, schema]) => settings.get(schema)?.required === true)
  .map(([name]) => name);
