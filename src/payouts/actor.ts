// Who causes a change, for the audit.

export interface Actor {
  /** A token's `sub`; `system` for jobs, `stripe` for webhooks. */
  name: string;
  /** The request, or the Stripe event, that asked for it. */
  requestId?: string;
  /** Why, in their own words, where they say so. */
  reason?: string;
}

export const SYSTEM: Actor = { name: 'system' };

/** Who asked for it and why, as an audit row has it. */
export const askedBy = ({ name, requestId, reason }: Actor) => ({
  actor: name,
  ...(requestId && { requestId }),
  ...(reason && { reason }),
});
