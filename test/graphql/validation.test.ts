// What arguments must look like: a mutation answers with its typed error and the path, a query with BAD_USER_INPUT; but
// whoever may not call the field at all is told that, and nothing of its arguments.
import cuid from '@bugsnag/cuid';
import { isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { addCreator } from '../support/world.js';
import { creatorViewer, globalId } from './ask.js';
import { type AnyOperation, type Edge, openEdge } from './edge.js';

let edge: Edge;
let creator: ReturnType<typeof creatorViewer>;
beforeAll(async () => {
  edge = await openEdge();
  creator = creatorViewer((await addCreator(edge.world)).id);
});
afterAll(() => edge.close());

const NUL = 'a\0b';
const TOO_LONG = 'k'.repeat(256);
const ERROR = '__typename ... on InvalidInputError { code path message }';

const mutation = (field: string, type: string, input: object): AnyOperation => ({
  query: `mutation ($input: ${type}!) { result: ${field}(input: $input) { ${ERROR} } }`,
  variables: { input },
});

const payout = (change: object) =>
  mutation('createPayout', 'CreatePayoutInput', {
    ...{ creatorId: globalId('Creator', cuid()), amountCents: 500, idempotencyKey: 'k', ...change },
  });

const run = (idempotencyKey: string) =>
  mutation('createPayoutRun', 'CreatePayoutRunInput', {
    ...{ periodStart: '2026-08-01', periodEnd: '2026-08-31', expectedTotalCents: 0, idempotencyKey },
  });

const pause = (reason: string) => mutation('pauseProcessing', 'PauseProcessingInput', { reason });
const resume = (reason: string) => mutation('resumeProcessing', 'ResumeProcessingInput', { reason });

const resolve = (resolution: string) =>
  mutation('resolveReconciliationItem', 'ResolveReconciliationItemInput', {
    ...{ itemId: globalId('ReconciliationItem', cuid()), resolution },
  });

const MUTATIONS: [what: string, operation: AnyOperation, path: string, says: string][] = [
  ['no key', payout({ idempotencyKey: '' }), 'idempotencyKey', 'must have 1 to 255 characters'],
  ['a key of blanks', payout({ idempotencyKey: ' \t' }), 'idempotencyKey', 'must have 1 to 255 characters'],
  ['a key too long', payout({ idempotencyKey: TOO_LONG }), 'idempotencyKey', 'must have 1 to 255 characters'],
  [
    'a key with NUL',
    payout({ idempotencyKey: NUL }),
    'idempotencyKey',
    'no text has a NUL, or half a character.',
  ],
  ['no key of a run', run(''), 'idempotencyKey', 'must have 1 to 255 characters'],
  ['a key of a run too long', run(TOO_LONG), 'idempotencyKey', 'must have 1 to 255 characters'],
  ['no reason to pause', pause(''), 'reason', 'say why.'],
  ['a blank reason to pause', pause(' \n\t'), 'reason', 'say why.'],
  ['a reason too long to pause', pause('x'.repeat(1_001)), 'reason', 'must have 1 to 1000 characters'],
  ['a reason too long', payout({ reason: 'x'.repeat(1_001) }), 'reason', 'must have 1 to 1000 characters'],
  ['a reason with NUL', pause(NUL), 'reason', 'no text has a NUL, or half a character.'],
  ['no reason to resume', resume(' '), 'reason', 'say why.'],
  ['no resolution', resolve(' '), 'resolution', 'say what was done about it.'],
  ['a resolution with NUL', resolve(NUL), 'resolution', 'no text has a NUL, or half a character.'],
];

describe('a mutation answers with its typed error, and asks nothing of the database:', () => {
  test.each(MUTATIONS)('%s', async (_, operation, path, says) => {
    const before = edge.queries();
    for (const answer of await edge.ask(operation)) {
      expect(answer).toEqual({
        data: {
          result: {
            ...{ __typename: 'InvalidInputError', code: 'INVALID_INPUT' },
            ...{ path: [path], message: `${path}: ${says}` },
          },
        },
      });
    }
    expect(edge.queries()).toBe(before);
  });
});

const list = (field: string): AnyOperation => ({ query: `{ ${field} { nodes { __typename } } }` });
const search = (query: string, text: string): AnyOperation => ({
  query: `query ($text: String) { ${query} { nodes { __typename } } }`,
  variables: { text },
});

const QUERIES: [what: string, operation: AnyOperation, message: string][] = [
  ...['payouts', 'creators', 'royaltyStatements', 'auditEvents', 'alerts', 'webhookEvents'].flatMap(
    (field): [string, AnyOperation, string][] => [
      [`101 of ${field}`, list(`${field}(first: 101)`), 'first: must be from 0 to 100'],
      [`the last -1 of ${field}`, list(`${field}(last: -1)`), 'last: must be from 0 to 100'],
    ],
  ),
  [
    'a search for NUL',
    search('payouts(filter: { search: $text })', NUL),
    'filter.search: no text has a NUL, or half a character.',
  ],
  [
    'an actor with NUL',
    search('auditEvents(filter: { actor: $text })', NUL),
    'filter.actor: no text has a NUL, or half a character.',
  ],
  [
    'an action with NUL',
    search('auditEvents(filter: { action: $text })', NUL),
    'filter.action: no text has a NUL, or half a character.',
  ],
  [
    'a type with NUL',
    search('webhookEvents(filter: { type: $text })', NUL),
    'filter.type: no text has a NUL, or half a character.',
  ],
];

describe('a query answers with BAD_USER_INPUT, and asks nothing of the database:', () => {
  test.each(QUERIES)('%s', async (_, operation, message) => {
    const before = edge.queries();
    for (const { errors } of await edge.ask(operation)) {
      expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect(edge.queries()).toBe(before);
  });
});

const BROKEN_IDS: [what: string, operation: AnyOperation][] = [
  ['a creator’s id', payout({ creatorId: 'x' })],
  ['an id of another type', payout({ creatorId: globalId('Payout', 'p1') })],
  ['an id in a filter', list('payouts(filter: { creatorId: "x" })')],
];

describe('whoever may not call the field learns that alone:', () => {
  const all = [...MUTATIONS, ...QUERIES, ...BROKEN_IDS].map(
    ([what, operation]) => [what, operation] as const,
  );

  test.each(all)('%s', async (_, operation) => {
    const before = edge.queries();
    for (const { errors } of await edge.ask(operation, creator)) {
      expect(errors).toMatchObject([
        { message: 'Your role does not allow this.', extensions: { code: 'FORBIDDEN' } },
      ]);
    }
    const response = await edge.post(operation, { authorization: '' });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(edge.queries()).toBe(before);
  });

  test.each(BROKEN_IDS)('%s is BAD_USER_INPUT for whoever may', async (_, operation) => {
    for (const { errors } of await edge.ask(operation)) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  test('somebody without a token who watches changes of a broken id', async () => {
    const query = 'subscription { payoutStatusChanged(filter: { creatorId: "x" }) { status } }';
    const headers = { authorization: '', accept: 'text/event-stream' };
    const response = await edge.post({ query }, headers);
    expect(await response.text()).toContain('UNAUTHENTICATED');
  });
});

test('no field reads its arguments before it has asked who is there', () => {
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => Object.values(type.getFields()));
  const mappers = ({ extensions }: { extensions: object }, name: string) =>
    ((extensions as Record<string, unknown[] | undefined>)[name] ?? []).length;
  const early = fields.filter((field) => mappers(field, 'pothosArgMappers') > 0);
  expect(early.map(({ name }) => name)).toEqual([]);
  // They are read afterwards: ids, and what must look like something.
  expect(fields.filter((field) => mappers(field, 'argsAfterAuth') > 0).length).toBeGreaterThan(20);
});
