// The dashboards' cache tells an error from a payload by the name of its type, so it has to know all of them.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSchema, isInterfaceType } from 'graphql';
import { expect, test } from 'vitest';
import { ERROR_TYPES } from '../../src/dashboard/api/cache.js';

test('the cache knows every type that implements Error', async () => {
  const schema = buildSchema(await readFile(path.join(import.meta.dirname, '../../schema.graphql'), 'utf8'));
  const error = schema.getType('Error');
  if (!isInterfaceType(error)) throw new Error('the schema has no interface Error');
  const names = schema.getPossibleTypes(error).map(({ name }) => name);
  expect([...ERROR_TYPES].sort()).toEqual(names.sort());
});
