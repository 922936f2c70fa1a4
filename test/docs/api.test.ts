// docs/api.md keeps what it says: every example on it runs, answers what is printed, and nothing of the schema that a
// client begins with is left out.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isEnumType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { examplesOf, ROOT } from './examples.js';
import { differences } from './likeness.js';
import { run } from './run.js';
import { createDocsWorld, type DocsWorld } from './world.js';

const PAGE = 'docs/api.md';
const examples = await examplesOf(PAGE);
const text = await readFile(path.join(ROOT, PAGE), 'utf8');

let world: DocsWorld;
beforeAll(async () => {
  world = await createDocsWorld();
});
afterAll(() => world.app.close());

// In the order of the page: a reader who goes through it from the top gets what is printed.
test.each(examples.map((example) => [example.where, example] as const))('%s', async (_, example) => {
  const answer = await run(world, example);
  if (example.answer) expect(differences(example.answer, answer)).toEqual([]);
  else expect(answer).toEqual({ data: expect.any(Object) });
});

const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) => Object.keys(type?.getFields() ?? {}),
);

test('every root field is on the page', () => {
  expect(rootFields.filter((field) => !new RegExp(`\\b${field}\\b`).test(text))).toEqual([]);
});

test('each code says what to do', () => {
  const codes = schema.getType('ErrorCode');
  const names = isEnumType(codes) ? codes.getValues().map(({ name }) => name) : [];
  expect(names).toContain('NOT_FOUND');
  const missing = names.filter((name) => !new RegExp(`^\\| \`${name}\` +\\| .{20}`, 'm').test(text));
  expect(missing).toEqual([]);
});

test('what a page says of an answer is compared', () => {
  const printed = { data: { payouts: { nodes: [{ id: 'a', status: 'PENDING', at: null }] } } };
  const given = (row: object) => ({
    data: { payouts: { nodes: [{ id: 'b', status: 'PENDING', at: null, ...row }] } },
  });
  expect(differences(printed, given({}))).toEqual([]);
  for (const row of [{ id: 7 }, { status: 'FAILED' }, { at: 'now' }, { more: 1 }]) {
    expect(differences(printed, given(row))).toHaveLength(1);
  }
  expect(differences(printed, { data: { payouts: { nodes: [] } } })).toHaveLength(1);
  expect(differences(printed, { data: { payouts: null } })).toHaveLength(1);
});
