// The two lists that are measured, each asked of the product and of the floor, and the proof that both answer the same.
import assert from 'node:assert/strict';
import { BUSY_CREATOR } from './fill.js';
import type { Server } from './servers.js';

export interface Who {
  admin: string;
  creator: string;
}

/** One request, and where the list stands in what comes back. */
export interface Ask {
  path: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

export interface HotList {
  title: string;
  size: number;
  product: Ask;
  floor: Ask;
  /** Of PostGraphile, for the same rows. */
  peer: Ask;
}

export const FAILED_QUERY = `query FailedPayouts($first: Int!, $after: String) {
  payouts(first: $first, after: $after, filter: { status: { in: [FAILED] } }) {
    nodes {
      id amountCents currency status failedReason failureCode retryCount nextAttemptAt createdAt
      creator { id displayName }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const MINE_QUERY = `query MyPayouts($first: Int!, $after: String) {
  myPayouts(first: $first, after: $after) {
    nodes { id amountCents currency status processedAt createdAt }
    pageInfo { hasNextPage endCursor }
  }
}`;

const PEER_FAILED_QUERY = `query FailedPayouts($first: Int!, $after: Cursor) {
  list: allPayouts(first: $first, after: $after, condition: { status: FAILED }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
    nodes {
      id: rowId amountCents currency status failedReason failureCode retryCount nextAttemptAt createdAt
      creator: creatorByCreatorId { id: rowId displayName }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const PEER_MINE_QUERY = `query MyPayouts($first: Int!, $after: Cursor, $creatorId: String!) {
  list: allPayouts(first: $first, after: $after, condition: { creatorId: $creatorId }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
    nodes { id: rowId amountCents currency status processedAt createdAt }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const hotLists = (who: Who): HotList[] => [
  {
    title: "50 failed newest with the creator's name",
    size: 50,
    product: graphql(who.admin, FAILED_QUERY, { first: 50 }),
    floor: { path: '/failed', method: 'GET', headers: { authorization: who.admin } },
    peer: graphql(who.admin, PEER_FAILED_QUERY, { first: 50 }),
  },
  {
    title: 'my 20 newest',
    size: 20,
    product: graphql(who.creator, MINE_QUERY, { first: 20 }),
    floor: { path: '/mine', method: 'GET', headers: { authorization: who.creator } },
    peer: graphql(who.creator, PEER_MINE_QUERY, { first: 20, creatorId: BUSY_CREATOR }),
  },
];

export function graphql(authorization: string, query: string, variables: object): Ask {
  return {
    path: '/graphql',
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  };
}

interface Answer {
  data: Record<string, unknown> | null;
  errors?: unknown;
}

export async function ask(server: Server, { path, ...request }: Ask): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, request);
  const answer = (await response.json()) as Answer;
  assert.equal(response.status, 200, JSON.stringify(answer));
  assert.equal(answer.errors, undefined);
  return answer;
}

/** @throws AssertionError unless all answer the same rows, and a full page of them */
export async function assertSameRows(
  list: HotList,
  product: Server,
  floor: Server,
  peer?: Server,
): Promise<void> {
  const ours = pageOf(await ask(product, list.product));
  const theirs = (await ask(floor, list.floor)).data as unknown as Page;
  assert.equal(theirs.nodes.length, list.size);
  assert.deepEqual(ours.nodes.map(withPlainIds), theirs.nodes);
  assert.equal(ours.pageInfo.hasNextPage, theirs.pageInfo.hasNextPage);
  if (peer) assert.deepEqual(idsOf(pageOf(await ask(peer, list.peer))), idsOf(theirs));
}

const pageOf = ({ data }: Answer) => Object.values(data ?? {})[0] as Page;
/** The peer writes times in a way of its own. */
const idsOf = ({ nodes }: Page) => nodes.map(({ id, creator }) => [id, creator?.id]);

interface Page {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean };
}

interface Node {
  id: string;
  creator?: Node;
}

/** The product's ids are opaque; the floor's are the rows' own. */
function withPlainIds(node: Node): Node {
  const id = Buffer.from(node.id, 'base64').toString().split(':')[1] ?? '';
  return { ...node, id, ...(node.creator && { creator: withPlainIds(node.creator) }) };
}
