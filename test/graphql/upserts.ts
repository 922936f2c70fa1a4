// The bulk upserts with all that one may ask of their results, and rows for them.
import { randomUUID } from 'node:crypto';
import { globalId } from './ask.js';

export const CREATORS = `mutation ($creators: [CreatorInput!]!) {
  upsertCreators(input: { creators: $creators }) {
    __typename
    ... on UpsertCreatorsPayload {
      results {
        __typename
        ... on UpsertedCreator { outcome creator { id externalId displayName email transfersEnabled createdAt } }
        ... on Error { code message }
        ... on InvalidInputError { path }
      }
    }
    ... on Error { code message }
    ... on InvalidInputError { path }
  }
}`;

export const STATEMENTS = `mutation ($statements: [RoyaltyStatementInput!]!) {
  upsertRoyaltyStatements(input: { statements: $statements }) {
    __typename
    ... on UpsertRoyaltyStatementsPayload {
      results {
        __typename
        ... on UpsertedRoyaltyStatement {
          outcome
          royaltyStatement {
            id externalId periodStart periodEnd amountCents currency createdAt
            creator { id externalId displayName email }
          }
        }
        ... on Error { code message }
        ... on InvalidInputError { path }
        ... on StatementOverdrawnError { availableCents }
      }
    }
    ... on Error { code message }
    ... on InvalidInputError { path }
  }
}`;

export const creatorRow = (over: object = {}) => {
  const externalId = randomUUID();
  return { externalId, displayName: 'Nova Reyes', email: `${externalId}@example.com`, ...over };
};

export const statementRowOf = (creatorId: string, over: object = {}) => ({
  externalId: randomUUID(),
  creatorId: globalId('Creator', creatorId),
  periodStart: '2026-08-01',
  periodEnd: '2026-08-31',
  amountCents: 12_345,
  ...over,
});
