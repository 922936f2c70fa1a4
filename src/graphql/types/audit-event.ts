// The audit: who did what, why, before and after. For admins.
import type { AuditEvent as AuditModel, Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../payouts/page.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import type { GraphQLServices } from '../context.js';
import { connect, type Seek } from '../newest-first.js';
import { connectOfEach, type ListOfEach } from '../of-each.js';
import { PAGE_SIZE, TEXT } from '../shapes.js';
import { TOTAL_COUNT } from '../total-count.js';
import { loadPayouts, Payout } from './payout.js';

/** Its id is a `bigint`, or the text of one. */
type AuditRow = Omit<AuditModel, 'id'> & { id: bigint | string };

const AuditEvent = builder.objectRef<AuditRow>('AuditEvent').implement({
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

const AuditEventFilter = builder.inputType('AuditEventFilter', {
  description: 'Which rows of the audit; all conditions hold together.',
  fields: (t) => ({
    payoutId: t.globalID({ for: Payout, description: 'About this payout.' }),
    actor: t.string({ validate: TEXT, description: 'Done by exactly this one.' }),
    action: t.string({ validate: TEXT, description: 'Exactly this.' }),
  }),
});

const AuditEventConnection = builder.connectionObject(
  {
    type: AuditEvent,
    name: 'AuditEventConnection',
    description: 'A page of the audit.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({
    type: AuditEvent,
    name: 'AuditEventEdge',
    description: 'A row of the audit in a list.',
  }),
);

builder.queryField('auditEvents', (t) =>
  t.withAuth({ admin: true }).field({
    type: AuditEventConnection,
    nullable: true,
    description: 'The whole audit, newest first. For admins.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: AuditEventFilter, description: 'Which; without it all.' }),
    },
    resolve: (_root, { filter, ...page }, { services }) => listAudit(services, page, whereOf(filter ?? {})),
  }),
);

const AUDIT = {
  name: 'auditEvents',
  placeOf: ({ occurredAt, id }: AuditRow) => ({ time: occurredAt, id: String(id) }),
  isId: (id: string) => /^\d{1,18}$/.test(id),
};

const OF_PAYOUT: ListOfEach = {
  table: 'audit_events',
  of: 'payout_id = parent.id',
  order: [{ column: 'id', type: 'bigint' }],
};

builder.objectField(Payout, 'auditEvents', (t) =>
  t.loadable({
    type: AuditEventConnection,
    nullable: true,
    description: 'What was done to it, by whom and why, newest first. For admins.',
    authScopes: { admin: true },
    args: {
      first: t.arg.int({
        validate: PAGE_SIZE,
        description: 'How many rows, at most 100; 20 if it is not given.',
      }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    ...BATCHED,
    byPath: true,
    load: (ids: string[], { services }, page) =>
      connectOfEach<AuditRow>(services.pool, ids, page, { ...AUDIT, ...OF_PAYOUT }),
    resolve: ({ id }) => id,
  }),
);

/** By the id, in the order of which the rows were written. */
function listAudit({ prisma }: GraphQLServices, page: PageRequest, where: Prisma.AuditEventWhereInput) {
  return connect<AuditRow>(page, {
    ...AUDIT,
    read: (seek) =>
      prisma.auditEvent.findMany({
        where: { AND: [where, beyondId(seek)] },
        orderBy: { id: seek.direction },
        take: seek.take,
      }),
    count: () => prisma.auditEvent.count({ where }),
  });
}

function beyondId({ beyond, direction }: Seek): Prisma.AuditEventWhereInput {
  if (!beyond) return {};
  const id = BigInt(beyond.id);
  return { id: direction === 'asc' ? { gt: id } : { lt: id } };
}

function whereOf({
  payoutId,
  actor,
  action,
}: typeof AuditEventFilter.$inferInput): Prisma.AuditEventWhereInput {
  return {
    ...(payoutId && { payoutId: payoutId.id }),
    ...(actor != null && { actor }),
    ...(action != null && { action }),
  };
}
