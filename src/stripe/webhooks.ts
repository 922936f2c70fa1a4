// Verifies the signature of what claims to come from Stripe, over the raw bytes.
import Stripe from 'stripe';
import type { VerifiedEvent } from '../payouts/events/inbox.js';

/** Seconds by which an event's timestamp may differ from our clock. */
const TOLERANCE_SECONDS = 300;

/** Not Stripe's, or not meant for now. */
export class InvalidSignatureError extends Error {
  readonly code = 'INVALID_SIGNATURE';
}

export type VerifyEvent = (body: Buffer, signature: string | undefined) => VerifiedEvent;

/** `secrets`: of the platform endpoint and of the Connect endpoint; several of each while one is being rotated. */
export function createVerifier(secrets: readonly string[]): VerifyEvent {
  return (body, signature) => {
    if (!signature) throw new InvalidSignatureError('The Stripe-Signature header is missing.');
    if (isFromTheFuture(signature)) throw new InvalidSignatureError('The signature is from the future.');
    for (const secret of secrets) {
      const event = tryVerify(body, signature, secret);
      if (event) return event;
    }
    throw new InvalidSignatureError('The signature does not match any webhook secret, or is too old.');
  };
}

/** The SDK refuses a timestamp that is too old and takes any from the future. It believes the header's last one. */
function isFromTheFuture(signature: string): boolean {
  const timestamp = signature.split(',').findLast((part) => part.startsWith('t='));
  return Number.parseInt(timestamp?.slice(2) ?? '', 10) - Date.now() / 1000 > TOLERANCE_SECONDS;
}

function tryVerify(body: Buffer, signature: string, secret: string): VerifiedEvent | null {
  try {
    const event = Stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_SECONDS);
    const { id, type, livemode, account } = event;
    if (!id?.startsWith('evt_') || typeof type !== 'string') throw new TypeError('no event');
    return { id, type, livemode: livemode === true, account: account ?? null, payload: event };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return null;
    throw new InvalidSignatureError('The body is no Stripe event.', { cause: error });
  }
}
