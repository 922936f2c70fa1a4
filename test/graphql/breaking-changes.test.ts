// What clients were promised: schema.graphql breaks nothing of docs/schema-baseline.graphql that is not declared, with
// its reason, in docs/breaking-changes.json. docs/api.md says how both are kept.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { schema } from '../../src/graphql/schema.js';

const ROOT = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

/** `change` is the sentence that the check prints. */
const Declarations = z.array(z.strictObject({ change: z.string(), reason: z.string().trim().min(20) }));

async function breaking(before: string, after: string): Promise<string[]> {
  const changes = await diff(buildSchema(before), buildSchema(after));
  const broken = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  return broken.map(({ message }) => message).sort();
}

test('every breaking change since the baseline is declared, and nothing else is', async () => {
  const declared = Declarations.parse(JSON.parse(await read('docs/breaking-changes.json')));
  const found = await breaking(await read('docs/schema-baseline.graphql'), printSchema(schema));
  expect(found).toEqual(declared.map(({ change }) => change).sort());
});

const BEFORE = `
  type Query { payout(id: ID!): Payout, payouts(first: Int): [Payout!]! }
  type Payout { id: ID!, note: String @deprecated(reason: "Read the history."), status: Status! }
  enum Status { PENDING, PAID }
  input Filter { status: Status }
  type Mutation { pay(filter: Filter): Boolean }
`;

test.each([
  ['a field is gone', 'status: Status!', ''],
  ['a field that was deprecated is gone', 'note: String @deprecated(reason: "Read the history.")', ''],
  ['a field may be null', 'status: Status!', 'status: Status'],
  ['a field is of another type', 'status: Status!', 'status: String!'],
  ['a value is gone', 'PENDING, PAID', 'PAID'],
  ['an argument is gone', '(first: Int)', ''],
  ['an argument must be given', 'first: Int', 'first: Int!'],
  ['a new argument must be given', 'first: Int', 'first: Int, last: Int!'],
  ['a new input field must be given', 'input Filter {', 'input Filter { role: Status!'],
  ['a mutation is gone', 'pay(filter: Filter): Boolean', 'other: Boolean'],
])('it breaks clients when %s', async (_, part, instead) => {
  expect(BEFORE).toContain(part);
  expect(await breaking(BEFORE, BEFORE.replace(part, instead))).not.toEqual([]);
});

test.each([
  ['a new field', 'id: ID!,', 'id: ID!, more: String,'],
  ['a new argument that may be left out', 'first: Int', 'first: Int, last: Int'],
  ['a deprecation', 'status: Status!', 'status: Status! @deprecated(reason: "Later.")'],
])('it breaks nobody: %s', async (_, part, instead) => {
  expect(BEFORE).toContain(part);
  expect(await breaking(BEFORE, BEFORE.replace(part, instead))).toEqual([]);
});
