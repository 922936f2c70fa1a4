// A row of the audit: who did what, why, before and after. For admins.
import type { AuditEvent as AuditModel } from '../../generated/prisma/client.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { loadPayouts, Payout } from './payout.js';

/** Its id is a `bigint`, or the text of one. */
export type AuditRow = Omit<AuditModel, 'id'> & { id: bigint | string };

export const AuditEvent = builder.objectRef<AuditRow>('AuditEvent').implement({
  description: 'One row of the audit; none is ever changed or deleted.',
  fields: (t) => ({
    chain: t.exposeString('chain', {
      description: "What the row belongs to: a payout's id, or the name of what else was changed.",
    }),
    sequence: t.exposeInt('sequence', { description: 'Where it stands in its chain; the first is 1.' }),
    payout: t.loadable({
      type: Payout,
      nullable: true,
      description: 'The payout that was changed, if it was one.',
      ...BATCHED,
      load: loadPayouts,
      resolve: ({ payoutId }) => payoutId,
    }),
    actor: t.exposeString('actor', {
      description: "Who did it: the token's `sub`, `system` for jobs, `stripe` for events of Stripe.",
    }),
    action: t.exposeString('action', { description: 'What was done: `retry_requested`.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why.' }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'The request, or the event of Stripe, that asked for it.',
    }),
    before: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What changed, as it stood before.',
      resolve: (e) => e.before,
    }),
    after: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What changed, as it stood after.',
      resolve: (e) => e.after,
    }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it was done.' }),
    previousHash: t.exposeString('previousHash', {
      description: 'The hash of the row before it in its chain; empty for the first.',
    }),
    hash: t.exposeString('hash', { description: 'Over this row and the hash before it.' }),
  }),
});
