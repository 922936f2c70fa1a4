// Settings of Stripe: keys, the secrets that webhooks are signed with, how fast and how long we ask.
import { z } from 'zod';
import { settings } from './about.js';
import { positive, secrets, url, whole } from './values.js';

const SIMULATORS = "the simulator's";

export const STRIPE = {
  STRIPE_SECRET_KEY: z.string().min(1).optional().register(settings, {
    meaning: 'a secret key, or a restricted one that may do what [stripe.md](stripe.md) lists',
    otherwise: SIMULATORS,
    secret: true,
    required: true,
  }),
  STRIPE_WEBHOOK_SECRET: secrets.optional().register(settings, {
    meaning:
      'of the endpoint that hears of your own account; a comma-separated list while it is being rotated',
    otherwise: SIMULATORS,
    secret: true,
    required: true,
  }),
  STRIPE_CONNECT_WEBHOOK_SECRET: secrets.optional().register(settings, {
    meaning: 'of the endpoint that hears of connected accounts; a list, too',
    otherwise: SIMULATORS,
    secret: true,
    required: true,
  }),
  STRIPE_API_URL: url('http', 'https').optional().register(settings, {
    meaning: 'another host, such as a simulator: `http://127.0.0.1:4010`',
    otherwise: 'Stripe',
  }),
  STRIPE_TIMEOUT: positive
    .prefault('20s')
    .register(settings, { meaning: 'how long Stripe may take to answer' }),
  STRIPE_MAX_RPS: z.coerce.number<string>().positive().prefault('20').register(settings, {
    meaning: 'transfer requests a second, of all workers together',
  }),
  STRIPE_SIMULATOR_PORT: whole(0, 65_535).prefault('0').register(settings, {
    meaning: 'where the embedded simulator listens; `0`: at a free port',
  }),
};
