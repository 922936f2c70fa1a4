// A token that the operator's tool makes: the audit says who had it made, for whom, why and until when, and not the token.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { issueToken } from '../../src/cli/token.js';
import { connect } from '../../src/db/connect.js';
import { createIdentify } from '../../src/http/identity.js';
import { verifyAudit } from '../../src/payouts/verify-audit.js';
import { JWT_SECRET } from '../support/running-app.js';
import { createWorld, type World } from '../support/world.js';

const jwt = { secret: JWT_SECRET, jwksUrl: undefined, issuer: 'payouts', audience: 'payouts' };
const ANN = { role: 'ADMIN' as const, sub: 'ann' };
const HOUR_MS = 3_600_000;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const issue = (db = world.db) =>
  issueToken({ config: { jwt }, db, actor: 'operator:bob' }, ANN, HOUR_MS, 'On call');

const rowsOf = async () =>
  (await world.db.pool.query(`SELECT * FROM audit_events WHERE chain = 'tokens'`)).rows;

it('is signed, and leaves its row', async () => {
  const token = await issue();
  expect((await createIdentify(jwt)(`Bearer ${token}`))?.viewer).toEqual(ANN);
  const rows = await rowsOf();
  expect(rows).toMatchObject([
    {
      actor: 'operator:bob',
      action: 'token_issued',
      reason: 'On call',
      before: null,
      after: { ...ANN, expiresAt: expect.any(String) },
    },
  ]);
  expect(new Date(rows[0].after.expiresAt).getTime() - Date.now()).toBeGreaterThan(HOUR_MS - 60_000);
  for (const part of token.split('.')) expect(JSON.stringify(rows)).not.toContain(part);
  expect((await verifyAudit(world.db.pool)).findings).toEqual([]);
});

it('is made also where no database answers, which is said', async () => {
  const said = vi.spyOn(console, 'error').mockReturnValue();
  const nowhere = connect({ url: 'postgres://127.0.0.1:1/none', poolSize: 1, onError: () => undefined });
  const token = await issue(nowhere);
  await nowhere.close();
  expect((await createIdentify(jwt)(`Bearer ${token}`))?.viewer).toEqual(ANN);
  expect(said.mock.calls.join()).toMatch(
    /takes no audit row of this token \(.*ECONNREFUSED.*write down yourself/,
  );
  expect(await rowsOf()).toHaveLength(1);
  said.mockRestore();
});
