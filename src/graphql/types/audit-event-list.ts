// The lists of the audit: the whole of it, and that of a payout. For admins.
import type { Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../payouts/lists/page.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import type { GraphQLServices } from '../context.js';
import { connect, type Seek } from '../newest-first.js';
import { connectOfEach, type ListOfEach } from '../of-each.js';
import { PAGE_SIZE, TEXT } from '../shapes.js';
import { TOTAL_COUNT } from '../total-count.js';
import { AuditEvent, type AuditRow } from './audit-event.js';
import { Payout } from './payout.js';

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
