// Settings of the tokens that callers bring: who signs them, and what they must say.
import { z } from 'zod';
import { settings } from './about.js';
import { url } from './values.js';

export const TOKENS = {
  JWT_SECRET: z.string().min(32, 'needs at least 32 characters').optional().register(settings, {
    meaning: 'HS256; at least 32 characters',
    otherwise: 'made up',
    secret: true,
    required: 'or `JWT_JWKS_URL`',
  }),
  JWT_JWKS_URL: url('http', 'https').optional().register(settings, {
    meaning: 'in its place: RS256, ES256 or EdDSA with the key set at this address',
    required: 'or `JWT_SECRET`',
  }),
  JWT_ISSUER: z.string().min(1).optional().register(settings, {
    meaning: "what a token's `iss` must say",
    otherwise: '`payouts`',
    required: true,
  }),
  JWT_AUDIENCE: z.string().min(1).optional().register(settings, {
    meaning: "what a token's `aud` must say",
    otherwise: '`payouts`',
    required: true,
  }),
};
