// Every root field, for every role, over both transports: what authorization-table.ts says.
import type { Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.js';
import { ADMIN, type Operation, type RunningApp, runApp } from '../support/running-app.js';
import {
  addAdminRows,
  createCompletedPayout,
  fromTheStart,
  overSocket,
  signedInCreator,
  take,
} from './ask.js';
import { type Outcome, type Row, type Subject, TABLE } from './authorization-table.js';
import { openStream } from './sse.js';

const ROLES = ['anonymous', 'owner', 'other', 'admin'] as const;
type Role = (typeof ROLES)[number];

let app: RunningApp;
let subject: Subject;
let tokens: Record<Role, string | null>;
let sockets: Record<Role, Client>;
/** Whoever may hear of alerts hears of this one. */
let changingAlert: NodeJS.Timeout;

beforeAll(async () => {
  app = await runApp();
  const [owner, other] = [await signedInCreator(app), await signedInCreator(app)];
  // Each hears something over a subscription.
  const payout = await createCompletedPayout(app, { creatorId: owner.id });
  await createCompletedPayout(app, { creatorId: other.id });
  const cursor = await fromTheStart(app);
  subject = { creatorId: owner.id, payoutId: payout.reference, cursor, ...(await addAdminRows(app)) };
  const { pool } = app.world.db;
  const change = () => pool.query('UPDATE alerts SET occurrences = occurrences + 1').catch(() => undefined);
  changingAlert = setInterval(() => void change(), 100);
  tokens = { anonymous: null, owner: owner.token, other: other.token, admin: await app.token(ADMIN) };
  sockets = {
    anonymous: app.socket(null),
    owner: app.socket(tokens.owner),
    other: app.socket(tokens.other),
    admin: app.socket(tokens.admin),
  };
});
afterAll(() => {
  clearInterval(changingAlert);
  return app.close();
});

test('every root field has its row in the table, and no row is about a field that is gone', () => {
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = types.flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((f) => `${type?.name}.${f}`),
  );
  expect(Object.keys(TABLE).sort()).toEqual(fields.sort());
});

describe.each(Object.entries(TABLE))('%s', (field, row) => {
  test.each(ROLES)('over HTTP, for %s', async (role) => {
    expect(await attempt(row, role, () => overHttp(field, row.operation(subject), tokens[role]))).toBe(
      row[role],
    );
  });

  test.each(['owner', 'other', 'admin'] as const)('over WebSocket, for %s', async (role) => {
    const ask = async () => outcomeOf(field, await overSocket(sockets[role], row.operation(subject)));
    expect(await attempt(row, role, ask)).toBe(row[role]);
  });

  test('over WebSocket, for nobody: the socket itself is refused', async () => {
    const answer = overSocket(sockets.anonymous, row.operation(subject));
    await expect(answer).rejects.toMatchObject({ code: 4403 });
  });
});

test.each([
  ['no token at all', 'Bearer abc'],
  ['another scheme', 'Basic YTpi'],
  ['no claims', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
])('a token that does not hold is 401, and not taken for nobody: %s', async (_, authorization) => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query: '{ node(id: "UGF5b3V0OmFi") { id } }' }),
  });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  const { data, errors } = (await response.json()) as { data?: unknown; errors: object[] };
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String) } }]);
});

/** What is not allowed must not have happened either. */
async function attempt(row: Row, role: Role, ask: () => Promise<Outcome>): Promise<Outcome> {
  const before = await writes();
  const outcome = await ask();
  if (row[role] !== 'data') expect(await writes()).toEqual(before);
  return outcome;
}

async function writes(): Promise<unknown> {
  const { rows } = await app.world.db.pool.query(
    `SELECT (SELECT count(*) FROM payouts) AS payouts, (SELECT count(*) FROM idempotency_keys) AS keys,
       (SELECT sum(retry_count) FROM payouts) AS retries,
       -- What is done to anything else than a payout is in the audit, in the same transaction.
       (SELECT count(*) FROM audit_events WHERE payout_id IS NULL) AS others`,
  );
  return rows[0];
}

async function overHttp(field: string, operation: Operation, token: string | null): Promise<Outcome> {
  if (!field.startsWith('Subscription.')) return outcomeOf(field, await app.query(operation, token));
  const stream = await openStream(app.url, operation, token);
  const [first] = await take(stream, 1);
  stream.abort();
  return outcomeOf(field, first);
}

function outcomeOf(field: string, result: { data?: unknown; errors?: unknown } | undefined): Outcome {
  const [error] = (result?.errors ?? []) as { extensions: { code: Outcome } }[];
  const value = (result?.data as Record<string, unknown> | null)?.[field.split('.')[1] ?? ''];
  if (!error) return value == null ? 'nothing' : 'data';
  expect(value ?? null).toBeNull();
  return error.extensions.code;
}
