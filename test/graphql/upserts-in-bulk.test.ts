// 500 rows in one request: within the limits of body and cost, and in a few statements of SQL.
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addCreator, type TestCreator } from '../support/world.js';
import { type Answer, type Edge, openEdge } from './edge.js';
import { CREATORS, creatorRow, STATEMENTS, statementRowOf } from './upserts.js';

// Without workers, whose statements would be counted too.
let edge: Edge;
let creator: TestCreator;
beforeAll(async () => {
  edge = await openEdge();
  creator = await addCreator(edge.world);
});
afterAll(() => edge.close());

interface Result {
  outcome: string;
  creator?: { externalId: string };
  royaltyStatement?: { externalId: string };
}

async function put(query: string, variables: Record<string, { externalId: string }[]>) {
  expect(Buffer.byteLength(JSON.stringify({ query, variables }))).toBeLessThan(256 * 1024);
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  const { data, errors } = (await (await edge.post({ query, variables })).json()) as Answer;
  const statements = sent.mock.calls.length;
  sent.mockRestore();
  expect(errors).toBeUndefined();
  const [answer] = Object.values(data as Record<string, { results: Result[] }>);
  return { results: answer?.results ?? [], statements };
}

const BULK: [field: string, query: string, list: string, row: () => { externalId: string }][] = [
  ['upsertCreators', CREATORS, 'creators', () => creatorRow()],
  ['upsertRoyaltyStatements', STATEMENTS, 'statements', () => statementRowOf(creator.id)],
];

test.each(BULK)('%s', async (_, query, list, row) => {
  const rows = Array.from({ length: 500 }, row);
  for (const outcome of ['CREATED', 'UNCHANGED']) {
    const { results, statements } = await put(query, { [list]: rows });
    expect(new Set(results.map((one) => one.outcome))).toEqual(new Set([outcome]));
    const externalIds = results.map((one) => (one.creator ?? one.royaltyStatement)?.externalId);
    expect(externalIds).toEqual(rows.map(({ externalId }) => externalId));
    expect(statements).toBeLessThan(20);
  }
});
