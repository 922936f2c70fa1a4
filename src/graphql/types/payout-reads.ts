// What a list of payouts reads for an operation: the columns behind the fields that it asks for, and the creators.
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { CreatorProperty, ListReads } from '../../payouts/lists/page-statement.js';
import type { PayoutRow } from '../../payouts/row.js';
import { fieldsBelow } from '../selection.js';

/** What the resolver of each field of `Payout` looks at. For a field that is not here the whole row is read. */
const BEHIND: Readonly<Record<string, readonly (keyof PayoutRow)[]>> = {
  __typename: [],
  id: ['id'],
  reference: ['id'],
  creator: ['creatorId'],
  royaltyStatement: ['royaltyStatementId'],
  amountCents: ['amountCents'],
  reversedCents: ['amountReversedCents'],
  currency: ['currency'],
  status: ['status'],
  stripeTransferId: ['stripeTransferId'],
  failedReason: ['status', 'failureCode', 'failedReason', 'nextAttemptAt'],
  failureCode: ['failureCode'],
  retryCount: ['retryCount'],
  lastRetryAt: ['lastRetryAt'],
  nextAttemptAt: ['nextAttemptAt'],
  processedAt: ['processedAt'],
  createdAt: ['createdAt'],
  updatedAt: ['updatedAt'],
  control: ['control'],
  heldReason: ['control', 'controlReason'],
  approval: ['id'],
  notice: ['id'],
};

/** What a list can say of a creator by itself; for anything else each creator is looked up. */
const OF_CREATOR: Readonly<Record<string, CreatorProperty>> = {
  __typename: 'id',
  id: 'id',
  externalId: 'externalId',
  displayName: 'displayName',
  email: 'email',
  transfersEnabled: 'transfersEnabled',
};

/** By the place in the document: a document that comes again is kept, and looked through once. */
const known = new WeakMap<FieldNode, ListReads>();

export function readsOf(info: GraphQLResolveInfo): ListReads {
  const [place, other] = info.fieldNodes;
  // Of a field that is asked for at several places each execution says anew which of them count.
  if (!place || other) return lookThrough(info);
  const reads = known.get(place) ?? lookThrough(info);
  known.set(place, reads);
  return reads;
}

function lookThrough(info: GraphQLResolveInfo): ListReads {
  const properties = allOf(BEHIND, below(info))?.flat();
  const creator = allOf(OF_CREATOR, below(info, 'creator'));
  // Its id says who may see the rest.
  return { properties, creator: creator?.length ? [...new Set(['id' as const, ...creator])] : undefined };
}

/** Undefined: one of the fields is none of these. */
function allOf<Reads>(
  table: Readonly<Record<string, Reads>>,
  fields: readonly string[],
): Reads[] | undefined {
  const reads = fields.map((name) => table[name]);
  return reads.every((one): one is Reads => one !== undefined) ? reads : undefined;
}

/** Of the payouts of a connection, whichever way they are asked for. */
const below = (info: GraphQLResolveInfo, ...path: string[]) => [
  ...fieldsBelow(info, ['nodes', ...path]),
  ...fieldsBelow(info, ['edges', 'node', ...path]),
];
