// The walking skeleton, from outside: a fresh machine starts the built product, imports a distributor's export, and a
// payout goes all the way while a subscriber watches.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatorClient } from '../../src/stripe/simulator/client.js';
import { graphql } from '../gql/gql.js';
import type { TypedDocumentString } from '../gql/graphql.js';
import { newDataDir, runCommand, type ServerProcess, startServer } from '../support/process.js';
import { openSocket, post } from '../support/running-app.js';

const CREATORS = graphql(`
  query Creators {
    creators(first: 10) { nodes { id externalId displayName transfersEnabled } }
  }
`);

const CREATE = graphql(`
  mutation Create($input: CreatePayoutInput!) {
    createPayout(input: $input) {
      __typename
      ... on CreatePayoutPayload { replayed payout { id reference status amountCents currency } }
      ... on Error { code message }
    }
  }
`);

const CHANGES = graphql(`
  subscription Changes($payoutIds: [ID!]) {
    payoutStatusChanged(filter: { payoutIds: $payoutIds }) {
      cursor previousStatus status payout { reference status }
    }
  }
`);

const PREVIEW = graphql(`
  query Preview($input: PayoutRunInput!) {
    payoutRunPreview(input: $input) { payoutCount totalCents excluded { reason statementCount totalCents } }
  }
`);

const RUN = graphql(`
  mutation Run($input: CreatePayoutRunInput!) {
    createPayoutRun(input: $input) {
      __typename
      ... on CreatePayoutRunPayload { payoutCount totalCents replayed }
      ... on Error { code message }
    }
  }
`);

const STATES = graphql(`
  query States {
    payouts(first: 100) {
      totalCount
      nodes { reference status stripeTransferId attempts { number outcome sends } royaltyStatement { externalId } }
    }
  }
`);

let dataDir: string;
let server: ServerProcess;
let simulator: SimulatorClient;
let token: string;

beforeAll(async () => {
  dataDir = await newDataDir();
  server = await startServer(dataDir);
  const running = JSON.parse(await readFile(path.join(dataDir, 'running.json'), 'utf8'));
  simulator = new SimulatorClient(running.simulatorUrl);
  token = await runCommand(dataDir, ['token']);
}, 60_000);

afterAll(async () => {
  await server?.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function ask<R, V>(document: TypedDocumentString<R, V>, variables?: V): Promise<R> {
  const operation = { query: document.toString(), variables: (variables ?? {}) as Record<string, unknown> };
  const { data, errors } = await post(server.url, operation, token);
  expect(errors).toBeUndefined();
  return data as R;
}

async function creatorNamed(externalId: string): Promise<string> {
  const { creators } = await ask(CREATORS);
  const creator = creators?.nodes.find((c) => c.externalId === externalId);
  if (!creator) throw new Error(`no creator ${externalId}`);
  return creator.id;
}

test('one payout goes from createPayout to COMPLETED, seen in order by a subscriber, with one transfer', async () => {
  const creatorId = await creatorNamed('nova');
  const watcher = await watch();
  const input = { creatorId, amountCents: 4_321, idempotencyKey: 'e2e-one' };
  const { createPayout } = await ask(CREATE, { input });
  if (createPayout?.__typename !== 'CreatePayoutPayload') throw new Error(JSON.stringify(createPayout));
  const { reference } = createPayout.payout;
  expect(await watcher.statusesOf(reference, 3)).toEqual(['PENDING', 'PROCESSING', 'COMPLETED']);

  const transfers = (await simulator.transfers()).filter((t) => t.metadata['payout_id'] === reference);
  expect(transfers).toHaveLength(1);
  expect(transfers[0]).toMatchObject({
    amount: 4_321,
    currency: 'usd',
    amount_reversed: 0,
    destination: await accountOf('nova'),
    transfer_group: `payout_${reference}`,
  });
  const payout = (await ask(STATES)).payouts?.nodes.find((p) => p.reference === reference);
  expect(payout).toMatchObject({
    status: 'COMPLETED',
    stripeTransferId: transfers[0]?.id,
    attempts: [{ number: 1, outcome: 'SUCCEEDED', sends: 1 }],
  });

  const again = await ask(CREATE, { input });
  expect(again.createPayout).toMatchObject({ replayed: true, payout: { reference } });
});

type Changes = { payoutStatusChanged: { status: string; payout: { reference: string } } };

/** Subscribes to everything, and returns once the server has it. */
async function watch() {
  const socket = openSocket(server.url, token);
  const changes = socket.iterate<Changes>({ query: CHANGES.toString() });
  // The iterator subscribes when it is made. An answer on the same socket that needed the database comes after that.
  for await (const _ of socket.iterate({ query: CREATORS.toString() })) break;
  return {
    async statusesOf(reference: string, count: number): Promise<string[]> {
      const statuses: string[] = [];
      for await (const { data } of changes) {
        const change = data?.payoutStatusChanged;
        if (change?.payout.reference === reference) statuses.push(change.status);
        if (statuses.length === count) break;
      }
      await socket.dispose();
      return statuses;
    },
  };
}

/** The creator's Stripe account, which the API shows to nobody: straight from the database. */
async function accountOf(externalId: string): Promise<string> {
  const { databaseUrl } = JSON.parse(await readFile(path.join(dataDir, 'running.json'), 'utf8'));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const sql = 'SELECT stripe_account_id FROM creators WHERE external_id = $1';
  const { rows } = await client.query(sql, [externalId]);
  await client.end();
  return rows[0].stripe_account_id;
}

test("a distributor's export is imported, and a run pays exactly its statements, once", async () => {
  const report = JSON.parse(await runCommand(dataDir, ['import', 'docs/samples/distrokid.tsv', '--json']));
  expect(report.outcome).toBe('imported');
  const period = { periodStart: '2026-08-01', periodEnd: '2026-09-30' };
  const { payoutRunPreview } = await ask(PREVIEW, { input: period });
  expect(payoutRunPreview?.payoutCount).toBe(report.statements.length);
  const total = report.statements.reduce(
    (sum: number, s: { amountCents: number }) => sum + Number(s.amountCents),
    0,
  );
  expect(payoutRunPreview?.totalCents).toBe(total);

  const input = { ...period, expectedTotalCents: total, idempotencyKey: 'e2e-run' };
  const { createPayoutRun } = await ask(RUN, { input });
  expect(createPayoutRun).toMatchObject({ payoutCount: report.statements.length, totalCents: total });
  await allCompleted();

  const transfers = await simulator.transfers();
  const { payouts } = await ask(STATES);
  expect(new Set(transfers.map((t) => t.metadata['payout_id'])).size).toBe(transfers.length);
  expect(transfers.length).toBe(payouts?.totalCount);

  const again = await ask(RUN, { input: { ...input, idempotencyKey: 'e2e-run-again' } });
  expect(again.createPayoutRun).toMatchObject({ code: 'TOTAL_CHANGED' });
  const twice = JSON.parse(await runCommand(dataDir, ['import', 'docs/samples/distrokid.tsv', '--json']));
  expect(twice.outcome).toBe('already_imported');
});

async function allCompleted(): Promise<void> {
  await expect
    .poll(async () => (await ask(STATES)).payouts?.nodes.every((p) => p.status === 'COMPLETED'), {
      timeout: 15_000,
    })
    .toBe(true);
}
