/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Creators {\n    creators(first: 10) { nodes { id externalId displayName transfersEnabled } }\n  }\n": typeof types.CreatorsDocument,
    "\n  mutation Create($input: CreatePayoutInput!) {\n    createPayout(input: $input) {\n      __typename\n      ... on CreatePayoutPayload { replayed payout { id reference status amountCents currency } }\n      ... on Error { code message }\n    }\n  }\n": typeof types.CreateDocument,
    "\n  subscription Changes($payoutIds: [ID!]) {\n    payoutStatusChanged(filter: { payoutIds: $payoutIds }) {\n      cursor previousStatus status payout { reference status }\n    }\n  }\n": typeof types.ChangesDocument,
    "\n  query Preview($input: PayoutRunInput!) {\n    payoutRunPreview(input: $input) { payoutCount totalCents excluded { reason statementCount totalCents } }\n  }\n": typeof types.PreviewDocument,
    "\n  mutation Run($input: CreatePayoutRunInput!) {\n    createPayoutRun(input: $input) {\n      __typename\n      ... on CreatePayoutRunPayload { payoutCount totalCents replayed }\n      ... on Error { code message }\n    }\n  }\n": typeof types.RunDocument,
    "\n  query States {\n    payouts(first: 100) {\n      totalCount\n      nodes { reference status stripeTransferId attempts { number outcome sends } royaltyStatement { externalId } }\n    }\n  }\n": typeof types.StatesDocument,
};
const documents: Documents = {
    "\n  query Creators {\n    creators(first: 10) { nodes { id externalId displayName transfersEnabled } }\n  }\n": types.CreatorsDocument,
    "\n  mutation Create($input: CreatePayoutInput!) {\n    createPayout(input: $input) {\n      __typename\n      ... on CreatePayoutPayload { replayed payout { id reference status amountCents currency } }\n      ... on Error { code message }\n    }\n  }\n": types.CreateDocument,
    "\n  subscription Changes($payoutIds: [ID!]) {\n    payoutStatusChanged(filter: { payoutIds: $payoutIds }) {\n      cursor previousStatus status payout { reference status }\n    }\n  }\n": types.ChangesDocument,
    "\n  query Preview($input: PayoutRunInput!) {\n    payoutRunPreview(input: $input) { payoutCount totalCents excluded { reason statementCount totalCents } }\n  }\n": types.PreviewDocument,
    "\n  mutation Run($input: CreatePayoutRunInput!) {\n    createPayoutRun(input: $input) {\n      __typename\n      ... on CreatePayoutRunPayload { payoutCount totalCents replayed }\n      ... on Error { code message }\n    }\n  }\n": types.RunDocument,
    "\n  query States {\n    payouts(first: 100) {\n      totalCount\n      nodes { reference status stripeTransferId attempts { number outcome sends } royaltyStatement { externalId } }\n    }\n  }\n": types.StatesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Creators {\n    creators(first: 10) { nodes { id externalId displayName transfersEnabled } }\n  }\n"): typeof import('./graphql.js').CreatorsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Create($input: CreatePayoutInput!) {\n    createPayout(input: $input) {\n      __typename\n      ... on CreatePayoutPayload { replayed payout { id reference status amountCents currency } }\n      ... on Error { code message }\n    }\n  }\n"): typeof import('./graphql.js').CreateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Changes($payoutIds: [ID!]) {\n    payoutStatusChanged(filter: { payoutIds: $payoutIds }) {\n      cursor previousStatus status payout { reference status }\n    }\n  }\n"): typeof import('./graphql.js').ChangesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Preview($input: PayoutRunInput!) {\n    payoutRunPreview(input: $input) { payoutCount totalCents excluded { reason statementCount totalCents } }\n  }\n"): typeof import('./graphql.js').PreviewDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Run($input: CreatePayoutRunInput!) {\n    createPayoutRun(input: $input) {\n      __typename\n      ... on CreatePayoutRunPayload { payoutCount totalCents replayed }\n      ... on Error { code message }\n    }\n  }\n"): typeof import('./graphql.js').RunDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query States {\n    payouts(first: 100) {\n      totalCount\n      nodes { reference status stripeTransferId attempts { number outcome sends } royaltyStatement { externalId } }\n    }\n  }\n"): typeof import('./graphql.js').StatesDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
