// What is asked one request at a time: the same list at different depths, with and without counting, and by search.
import { graphql, type Who } from './lists.js';

const PAGE = `query Page($after: String) {
  payouts(first: 50, after: $after) { nodes { id amountCents status createdAt creator { id displayName } } }
}`;

/** `after` is the cursor of the row that has `depth` newer ones. */
export const depthAsks = ({ admin }: Who, depth: number, after: string) => ({
  'all payouts, page 1': graphql(admin, PAGE, {}),
  [`all payouts, behind row ${depth.toLocaleString('en')}`]: graphql(admin, PAGE, { after }),
});

const counted = (list: string, filter: string) =>
  `{ ${list}(first: 1${filter}) { nodes { id } totalCount } }`;
const byStatus = (status: string) => `, filter: { status: { in: [${status}] } }`;

export const countAsks = ({ admin, creator }: Who) => ({
  'one row, nothing counted': graphql(admin, '{ payouts(first: 1) { nodes { id } } }', {}),
  'totalCount of all': graphql(admin, counted('payouts', ''), {}),
  'totalCount of the completed': graphql(admin, counted('payouts', byStatus('COMPLETED')), {}),
  'totalCount of the failed': graphql(admin, counted('payouts', byStatus('FAILED')), {}),
  'totalCount of my own': graphql(creator, counted('myPayouts', ''), {}),
});

const SEARCH = `query Search($search: String!) {
  payouts(first: 20, filter: { search: $search }) { nodes { id reference creator { id displayName } } }
}`;

export const searchAsks = ({ admin }: Who) => ({
  'everything: the newest 20': graphql(admin, '{ payouts(first: 20) { nodes { id reference } } }', {}),
  'by a transfer': graphql(admin, SEARCH, { search: 'tr_4321' }),
  "by a creator's e-mail": graphql(admin, SEARCH, { search: 'creator4321@example.com' }),
  'by a name that a thousand have': graphql(admin, SEARCH, { search: 'creator number 4' }),
  'by a name that nobody has': graphql(admin, SEARCH, { search: 'nobody' }),
});
