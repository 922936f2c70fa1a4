// Changes of payouts: live, and in order.

import type { Cursors } from '../../live/cursors.js';
import type { Interest } from '../../live/interest.js';
import { historiesOf, type LogEntry, type Position } from '../../live/log.js';
import { UnknownCursorError } from '../../live/past.js';
import { explainFailure } from '../../payouts/explain.js';
import { rowOfSnapshot } from '../../payouts/row.js';
import { scopeOf, type Viewer } from '../../payouts/viewer.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { LiveSource } from '../streams/source.js';
import { Creator } from './creator.js';
import { Payout, PayoutStatus } from './payout.js';

const PayoutStatusChange = builder.objectRef<LogEntry>('PayoutStatusChange').implement({
  description: 'One change of one payout.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Give it as `after` to go on behind this change.',
      resolve: ({ position }, _args, { services }) => services.cursors.encode(position),
    }),
    payout: t.field({
      type: Payout,
      description: 'The payout as it stood after the change.',
      resolve: ({ snapshot }) => rowOfSnapshot(snapshot),
    }),
    previousStatus: t.expose('fromStatus', {
      type: PayoutStatus,
      nullable: true,
      description: 'Where it stood before; null: it was created.',
    }),
    status: t.expose('toStatus', { type: PayoutStatus, description: 'Where it stands.' }),
    reason: t.string({
      nullable: true,
      description: "Why: a plain sentence for creators, Stripe's or the admin's words for admins.",
      resolve: (entry, _args, { viewer }) => reasonFor(entry, viewer?.role === 'ADMIN'),
    }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened.' }),
  }),
});

builder.objectField(Payout, 'history', (t) =>
  t.loadableGroup({
    type: PayoutStatusChange,
    description: 'All of its changes, oldest first; the cursor of each is one to go on after.',
    ...BATCHED,
    load: (ids: string[], { services }) => historiesOf(services.pool, ids),
    group: ({ payoutId }) => payoutId,
    resolve: ({ id }) => id,
  }),
);

function reasonFor({ reason, toStatus, snapshot }: LogEntry, isAdmin: boolean): string | null {
  if (isAdmin || reason === null) return reason;
  const { failureCode, nextAttemptAt } = rowOfSnapshot(snapshot);
  return toStatus === 'FAILED' ? explainFailure(failureCode, nextAttemptAt !== null) : null;
}

const PayoutChangeFilter = builder.inputType('PayoutChangeFilter', {
  description: 'Which changes; all conditions hold together.',
  fields: (t) => ({
    payoutIds: t.globalIDList({ for: Payout, description: 'Of these payouts.' }),
    creatorId: t.globalID({ for: Creator, description: 'Of payouts to this creator.' }),
    status: t.field({ type: [PayoutStatus], description: 'Into one of these.' }),
  }),
});

builder.subscriptionField('payoutStatusChanged', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: PayoutStatusChange,
    description:
      'Every change, in order, from now on or after a cursor. Creators hear of their own payouts only.',
    args: {
      filter: t.arg({ type: PayoutChangeFilter, description: 'Which; without it all that you may see.' }),
      after: t.arg.string({ description: 'The cursor of the last change that you have seen.' }),
    },
    subscribe: (_root, { filter, after }, { viewer, services, lastEventId }) =>
      new LiveSource(services.live, {
        ...interestOf(viewer, filter),
        after: positionOf(services.cursors, lastEventId ?? after),
      }),
    resolve: (entry) => entry,
  }),
);

function positionOf(cursors: Cursors, cursor: string | null | undefined): Position | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const position = cursors.decode(cursor);
  if (!position) throw new UnknownCursorError();
  return position;
}

type Filter = typeof PayoutChangeFilter.$inferInput | null | undefined;

/** The viewer's scope first, then what the filter says; no database is asked. */
function interestOf(viewer: Viewer, filter: Filter): Interest {
  const scope = scopeOf(viewer);
  const payoutIds = filter?.payoutIds ? new Set(filter.payoutIds.map(({ id }) => id)) : null;
  const creatorId = filter?.creatorId?.id ?? null;
  const statuses = filter?.status ? new Set(filter.status) : null;
  return {
    creatorId: scope ?? creatorId ?? undefined,
    accepts: (entry) =>
      (creatorId === null || entry.creatorId === creatorId) &&
      (payoutIds === null || payoutIds.has(entry.payoutId)) &&
      (statuses === null || statuses.has(entry.toStatus)),
  };
}
