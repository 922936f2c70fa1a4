// A month of a distributor's export is imported, previewed and paid by one run, while the product is killed three times
// in the middle: every statement is paid once, to the cent that the file says. RUN_ROWS=200000 RUN_ARTISTS=2000 makes it
// a large label's month.
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { RunReport } from '../../src/cli/run.js';
import { signToken } from '../../src/http/identity.js';
import { previewRun } from '../../src/payouts/runs/preview.js';
import { progressOf } from '../../src/payouts/runs/progress.js';
import { importStatements } from '../../src/statements/import.js';
import { foldName } from '../../src/statements/names.js';
import { letLeasesEnd, openSite, PATIENCE_MS, type Site, type Struck } from '../crash/site.js';
import { globalId } from '../graphql/ask.js';
import { openStream } from '../graphql/sse.js';
import { expectInvariants } from '../payouts/invariants.js';
import { sumExport, writeExport } from '../support/distributor-export.js';
import { newDataDir, runCommand } from '../support/process.js';
import { ADMIN, JWT_SECRET } from '../support/running-app.js';
import { addCreator } from '../support/world.js';

const ROWS = Number(process.env['RUN_ROWS'] ?? 3_000);
const ARTISTS = Number(process.env['RUN_ARTISTS'] ?? 90);
/** Payouts that the limiter lets through in a second, so that there is a middle to be killed in. */
const PACE = ARTISTS / 3;

const AUGUST = { periodStart: '2026-08-01', periodEnd: '2026-08-31' };

const artists = Array.from({ length: ARTISTS }, (_, i) => `Artist ${String(i).padStart(5, '0')}`);

let site: Site;
let file: string;
let dataDir: string;
beforeAll(async () => {
  dataDir = await newDataDir();
  file = path.join(dataDir, 'august.tsv');
  site = await openSite({ STRIPE_MAX_RPS: String(PACE) });
  await site.world.simulator.topUp(10_000_000_000);
  await writeExport(file, { rows: ROWS, artists, months: ['2026-08'] });
  for (const name of artists) await addArtist(name);
}, 600_000);
afterAll(() => site.close());

async function addArtist(name: string): Promise<void> {
  const { id } = await addCreator(site.world);
  await site.world.db.pool.query(
    'INSERT INTO creator_aliases (name_key, name, creator_id) VALUES ($1, $2, $3)',
    [foldName(name), name, id],
  );
}

const command = async (...args: string[]): Promise<RunReport> =>
  JSON.parse(
    await runCommand(dataDir, ['run', '--period', '2026-08', '--json', ...args], {
      DATABASE_URL: site.world.databaseUrl,
      STRIPE_SECRET_KEY: 'sk_test_of_the_run',
      STRIPE_API_URL: site.world.simulatorUrl,
      STRIPE_WEBHOOK_SECRET: 'whsec_of_the_run',
      JWT_SECRET,
    }),
  );

it('is paid once, whoever is killed in the middle', { timeout: 900_000 }, async () => {
  const { world } = site;
  const report = await importStatements({ pool: world.db.pool }, { file, actor: ADMIN.sub, currency: 'usd' });
  expect(report).toMatchObject({ outcome: 'imported', rows: ROWS });
  const whole = await expectWholeFile();

  const seen = await previewRun(world.deps, AUGUST);
  const { preview, run } = await command('--yes', '--no-wait');
  expect(preview).toMatchObject(seen);
  const leftOut = preview.excluded.reduce((sum, { totalCents }) => sum + totalCents, 0);
  expect(preview.totalCents + leftOut).toBe(whole);
  expect(run).toMatchObject({ payoutCount: preview.payoutCount, totalCents: preview.totalCents });
  const runId = run?.runId ?? '';

  for (const at of ['claim.after_commit', 'send.after_request', 'settle.after_commit'] as const) {
    const server = await start();
    const before = await ended(runId);
    await vi.waitFor(async () => expect(await ended(runId)).toBeGreaterThan(before), {
      timeout: PATIENCE_MS,
      interval: 20,
    });
    await server.strikeAt(at, 'SIGKILL');
    await server.struck();
    expect(await server.ended).toBe('SIGKILL');
    expect(await ended(runId)).toBeLessThan(preview.payoutCount);
    await letLeasesEnd(world);
  }

  await expectLastWord(await start(), runId, preview.payoutCount, preview.totalCents);
  await expectPaidOnce(runId);
  expect(await previewRun(world.deps, AUGUST)).toMatchObject({ payoutCount: 0, totalCents: 0 });
});

async function start(): Promise<Struck> {
  const server = await site.start();
  await site.world.simulator.setWebhookUrl(`${server.url}/api/webhooks/stripe`);
  return server;
}

const ended = async (runId: string) => (await progressOf(site.world.db.pool, [runId]))[0]?.endedCount ?? 0;

/** What the file adds up to by Postgres' arithmetic is in the statements, and below a cent in what they carry. */
async function expectWholeFile(): Promise<number> {
  const { pool } = site.world.db;
  const exact = await sumExport(pool, file);
  expect(exact).toHaveLength(ARTISTS);
  const { rows } = await pool.query<{ artist: string; sum: string }>(
    `SELECT a.name AS artist, trim_scale(s.amount_cents / 100.0 + s.carried_out)::text AS sum
     FROM royalty_statements s JOIN creator_aliases a ON a.creator_id = s.creator_id ORDER BY a.name`,
  );
  expect(rows).toEqual(exact.map(({ artist, sum }) => ({ artist, sum })));
  const total = await pool.query<{ cents: string }>(
    'SELECT sum(amount_cents) AS cents FROM royalty_statements',
  );
  return Number(total.rows[0]?.cents);
}

const WATCH = `subscription ($id: ID!) { payoutRunChanged(runId: $id) {
  payoutCount totalCents progress { finished endedCount stages { stage payoutCount totalCents } } } }`;

/** Whoever watches the run hears of its end, and that is the end of the stream. */
async function expectLastWord(server: Struck, runId: string, payoutCount: number, totalCents: number) {
  const issued = { issuer: 'payouts', audience: 'payouts', secret: JWT_SECRET };
  const variables = { id: globalId('PayoutRun', runId) };
  const stream = await openStream(
    server.url,
    { query: WATCH, variables },
    await signToken(issued, ADMIN, 600),
  );
  const heard: unknown[] = [];
  for await (const { data } of stream) heard.push(data.payoutRunChanged);
  const stages = expect.arrayContaining([{ stage: 'COMPLETED', payoutCount, totalCents }]);
  const progress = { finished: true, endedCount: payoutCount, stages };
  expect(heard.at(-1)).toEqual({ payoutCount, totalCents, progress });
}

async function expectPaidOnce(runId: string): Promise<void> {
  const { db, simulator } = site.world;
  await vi.waitFor(
    async () => {
      const open = `SELECT id FROM payout_attempts WHERE finished_at IS NULL
        UNION ALL SELECT id FROM webhook_events WHERE outcome = 'pending'`;
      expect((await db.pool.query(open)).rows).toEqual([]);
    },
    { timeout: PATIENCE_MS, interval: 100 },
  );
  const { rows } = await db.pool.query<{ payout: string; cents: number }>(
    `SELECT p.id AS payout, s.amount_cents AS cents FROM royalty_statements s
     JOIN payouts p ON p.royalty_statement_id = s.id WHERE p.run_id = $1 ORDER BY p.id`,
    [runId],
  );
  const transfers = await simulator.transfers();
  const made = transfers.map(({ amount, metadata }) => ({ payout: metadata['payout_id'], cents: amount }));
  expect(made.sort((a, b) => ((a.payout ?? '') < (b.payout ?? '') ? -1 : 1))).toEqual(
    rows.sort((a, b) => (a.payout < b.payout ? -1 : 1)),
  );
  await expectInvariants(site.world);
}
