// Stripe's webhook signature: HMAC-SHA256 over `${t}.${body}`, one `v1` for each secret.
import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header; `timestamp` in Unix seconds. */
export function sign(body: string, timestamp: number, secrets: string[]): string {
  const signatures = secrets.map((secret) => `v1=${hmac(`${timestamp}.${body}`, secret)}`);
  return [`t=${timestamp}`, ...signatures].join(',');
}

function hmac(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}
