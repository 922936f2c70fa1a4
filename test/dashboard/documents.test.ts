// Whatever the dashboards ask is within the limits of the API, by far: a page that grows beyond them would work for nobody.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { getOperationAST, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { createCheckCost } from '../../src/graphql/limits/cost.js';
import { excessOf, LIMITS } from '../../src/graphql/limits/limits.js';
import { schema } from '../../src/graphql/schema.js';

const FILE = path.join(import.meta.dirname, '../../src/dashboard/gql/persisted-documents.json');
const texts = Object.values(JSON.parse(await readFile(FILE, 'utf8')) as Record<string, string>);
const checkCost = createCheckCost(schema);

/** What a variable of this type is at its largest. */
const VALUES: Readonly<Record<string, unknown>> = {
  ID: 'x',
  Int: 100,
  String: 'x',
  DateTime: '2026-01-01T00:00:00Z',
  AnalyticsInterval: 'DAY',
  PayoutRunInput: { periodStart: '2026-01-01', periodEnd: '2026-01-31' },
  ResolveReconciliationItemInput: { itemId: 'x', resolution: 'x' },
  RepairReconciliationItemInput: { itemId: 'x', reason: 'x' },
  CreatePayoutRunInput: {
    ...{ periodStart: '2026-01-01', periodEnd: '2026-01-31' },
    ...{ expectedTotalCents: 1, idempotencyKey: 'x' },
  },
};

test.each(texts.map((text) => [/(?:query|mutation|subscription) (\w+)/.exec(text)?.[1] ?? text, text]))(
  '%s',
  (_name, text) => {
    const document = parse(text, { maxTokens: LIMITS.tokens });
    expect(validate(schema, document)).toEqual([]);
    expect(excessOf(document)).toBeNull();
    const asked = getOperationAST(document)?.variableDefinitions ?? [];
    const variables = asked.flatMap(({ variable, type }) => {
      const name = type.kind === 'NonNullType' ? type.type : type;
      const value = name.kind === 'NamedType' ? VALUES[name.name.value] : undefined;
      return value !== undefined || type.kind === 'NonNullType' ? [[variable.name.value, value ?? {}]] : [];
    });
    expect(() => checkCost(document, null, Object.fromEntries(variables))).not.toThrow();
  },
);
