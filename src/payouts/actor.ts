// Who causes a change, for the audit.

export interface Actor {
  /** A token's `sub`; `system` for jobs, `stripe` for webhooks. */
  name: string;
  /** The request, or the Stripe event, that asked for it. */
  requestId?: string;
}

export const SYSTEM: Actor = { name: 'system' };
