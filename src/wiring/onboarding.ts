// What creators need to set up their account at Stripe.
import type { OnboardingDeps } from '../payouts/creators/onboarding.js';
import { createOnboarding } from '../stripe/onboarding.js';
import type { Parts } from './parts.js';

/** Stripe may send creators back to us, and to the pages that may call us. */
export function onboardingOf({ config, db, log, signals, stripe }: Parts): OnboardingDeps {
  const { publicUrl, corsOrigins } = config;
  return {
    pool: db.pool,
    log,
    signals,
    onboarding: createOnboarding(stripe),
    maxRps: config.stripe.maxRps,
    returnOrigins: [...new Set([...(publicUrl ? [new URL(publicUrl).origin] : []), ...corsOrigins])],
    home: publicUrl && `${publicUrl}/creator`,
  };
}
