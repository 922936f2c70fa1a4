// The lists of differences: all of them, and those of a run. For admins.
import type { ReconciliationItem as ItemModel, Prisma } from '../../generated/prisma/client.js';
import type { PageRequest } from '../../payouts/lists/page.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import type { GraphQLServices } from '../context.js';
import { beyond, connect } from '../newest-first.js';
import { connectOfEach, type ListOfEach } from '../of-each.js';
import { TOTAL_COUNT } from '../total-count.js';
import { ReconciliationItem, ReconciliationItemState } from './reconciliation-item.js';
import { ReconciliationRun } from './reconciliation-run.js';

const ReconciliationItemFilter = builder.inputType('ReconciliationItemFilter', {
  description: 'Which differences.',
  fields: (t) => ({ state: t.field({ type: ReconciliationItemState, description: 'In this state.' }) }),
});

const ReconciliationItemConnection = builder.connectionObject(
  {
    type: ReconciliationItem,
    name: 'ReconciliationItemConnection',
    description: 'A page of differences.',
    fields: (t) => ({ totalCount: t.int(TOTAL_COUNT) }),
  },
  builder.edgeObject({
    type: ReconciliationItem,
    name: 'ReconciliationItemEdge',
    description: 'A difference in a list.',
  }),
);

builder.queryField('reconciliationItems', (t) =>
  t.withAuth({ admin: true }).field({
    type: ReconciliationItemConnection,
    nullable: true,
    description: 'All differences that were found, newest first. For admins.',
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: ReconciliationItemFilter, description: 'Which; without it all.' }),
    },
    resolve: (_root, { filter, ...page }, { services }) =>
      listItems(services, page, filter?.state ? { state: filter.state } : {}),
  }),
);

const ITEMS = {
  name: 'reconciliationItems',
  placeOf: ({ foundAt, id }: ItemModel) => ({ time: foundAt, id }),
};

const OF_RUN: ListOfEach = {
  table: 'reconciliation_items',
  of: '(run_id = parent.id OR seen_in_run_id = parent.id)',
  order: [
    { column: 'found_at', type: 'timestamp' },
    { column: 'id', type: 'text' },
  ],
};

builder.objectField(ReconciliationRun, 'items', (t) =>
  t.loadable({
    type: ReconciliationItemConnection,
    description: 'The differences that it found, and those that it was the latest to see; newest first.',
    args: t.arg.connectionArgs(),
    ...BATCHED,
    byPath: true,
    load: (ids: string[], { services }, page) =>
      connectOfEach<ItemModel>(services.pool, ids, page, { ...ITEMS, ...OF_RUN }),
    resolve: ({ id }) => id,
  }),
);

function listItems(
  { prisma }: GraphQLServices,
  page: PageRequest,
  where: Prisma.ReconciliationItemWhereInput,
) {
  return connect<ItemModel>(page, {
    ...ITEMS,
    read: (seek) =>
      prisma.reconciliationItem.findMany({
        where: { AND: [where, beyond('foundAt', seek)] },
        orderBy: [{ foundAt: seek.direction }, { id: seek.direction }],
        take: seek.take,
      }),
    count: () => prisma.reconciliationItem.count({ where }),
  });
}
