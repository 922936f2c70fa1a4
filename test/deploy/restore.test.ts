// A backup that is put back into an empty database of another server, after Stripe has gone on: what was paid since is not
// paid again, what is unknown is told, the log goes on, and the books hold.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, test } from 'vitest';
import { checkRestore } from '../../src/cli/doctor/database.js';
import { assertReady, readConfig } from '../../src/config.js';
import { connect } from '../../src/db/connect.js';
import { migrate } from '../../src/db/migrate.js';
import { RestoreError } from '../../src/db/restored-log.js';
import { createCursors, readCursorKey } from '../../src/live/cursors.js';
import { endOfLog, type LogEntry } from '../../src/live/log.js';
import { createRelay, type Relay } from '../../src/live/relay.js';
import { queueEmails } from '../../src/notify/mail-events.js';
import { adoptTransfer } from '../../src/payouts/adopt.js';
import { processingState } from '../../src/payouts/processing.js';
import { afterRestore } from '../../src/payouts/restored.js';
import { verifyAudit } from '../../src/payouts/verify-audit.js';
import { transferFact } from '../../src/stripe/transfers.js';
import { MIGRATIONS, prepareDatabase } from '../../src/wiring/database.js';
import { localWakeup, silent, take } from '../live/support.js';
import { verify } from '../payouts/invariants.js';
import { expectPaidOnce } from '../payouts/paid-once.js';
import {
  ADMIN,
  attemptsOf,
  made,
  pay,
  payoutOf,
  resolve,
  resume,
  spoil,
  transfersOf,
  work,
} from '../payouts/support.js';
import { itemsOf, openMismatches, reconcileNow } from '../reconciliation/support.js';
import { asAdmin, databaseUrl } from '../support/database.js';
import { findPostgresTools, type ServerPostgres, startServerPostgres } from '../support/server-postgres.js';
import { addCreator, addStatement, createWorld, type World } from '../support/world.js';

const ROOT = path.join(import.meta.dirname, '../..');
const DAY_MS = 86_400_000;
const NAME = `payouts_restored_${process.pid}`;

const tools = await findPostgresTools();

let server: ServerPostgres;
let folder: string;
/** Before the disaster, and what is left after it: the same Stripe. */
let lost: World;
let world: World;
let backup: string;
/** What became of payouts after the backup. */
const ids = { paid: '', underWay: '', failed: '', waiting: '', refusedTwice: '', untouched: '', unknown: '' };
let statementId: string;
let lostCursor: string;
/** Of the backup. */
let emails: string[];
let relay: Relay;
let heard: AsyncIterator<LogEntry>;

async function script(name: string, database: string, ...args: string[]): Promise<string> {
  const env = { PATH: `${tools}:${process.env['PATH']}`, DATABASE_URL: database };
  const { stdout } = await promisify(execFile)(path.join(ROOT, 'deploy', name), args, { env, cwd: folder });
  return stdout.trim();
}

const restoredUrl = () => databaseUrl(inject('pgUrl'), NAME);

function onRestored(): World {
  const db = connect({ url: restoredUrl(), poolSize: 10, onError: () => undefined });
  return { ...lost, db, databaseUrl: restoredUrl(), deps: { ...lost.deps, pool: db.pool } };
}

/** The life of the database that will be lost, with a backup in its middle. */
async function live(): Promise<void> {
  ids.paid = (await pay(lost)).id;
  await work(lost);
  ids.underWay = (await made(lost)).id;
  ids.failed = (await pay(lost)).id;
  await refuse(ids.failed, 1);
  await work(lost);
  ids.waiting = (await pay(lost)).id;
  ids.refusedTwice = (await pay(lost)).id;
  const owed = await addCreator(lost);
  statementId = await addStatement(lost, owed.id, 500);
  await addStatement(lost, owed.id, 700, { start: '2026-07-01', end: '2026-07-31' });
  await queueEmails(lost.db.pool);
  // As what happened before there were e-mails.
  await lost.db.pool.query('DELETE FROM emails WHERE payout_id = $1', [ids.paid]);
  // Of this nobody has been told at the backup.
  ids.untouched = (await pay(lost)).id;
  emails = await namesOf(lost);
  backup = await script('backup.sh', lost.databaseUrl, path.join(folder, 'backups'));
  await spoil(lost, ids.untouched, { fault: 'reset_before' });
  await refuse(ids.refusedTwice, 2);
  ids.unknown = (await pay(lost, { creatorId: owed.id, royaltyStatementId: statementId })).id;
  await refuse(ids.unknown, 1);
  await work(lost);
  for (const _ of [2, 3]) {
    await due(lost);
    await work(lost, 'retry_claimed');
  }
  for (const id of [ids.waiting, ids.failed, ids.refusedTwice, ids.unknown]) await expectPaidOnce(lost, id);
  const cursors = createCursors(await readCursorKey(lost.db.pool));
  lostCursor = cursors.encode(await endOfLog(lost.db.pool));
}

const refuse = (id: string, times: number) =>
  spoil(lost, id, { fault: 'stripe_error', code: 'balance_insufficient', times });

/** Waits until the retries of all have fallen due. */
const due = ({ db }: World) =>
  db.pool.query(
    `SELECT pg_sleep(greatest(extract(epoch FROM max(next_attempt_at) - clock_timestamp()::timestamp), 0))
     FROM payouts WHERE status = 'FAILED'`,
  );

/** The e-mails that are written, as payout and template. */
async function namesOf({ db }: World): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT payout_id || ' ' || template AS name FROM emails ORDER BY id`,
  );
  return rows.map(({ name }) => name);
}

const eventsOf = async ({ db }: World): Promise<{ name: string; xid: string }[]> =>
  (
    await db.pool.query(
      `SELECT payout_id || ':' || version AS name, log_xid AS xid FROM payout_events ORDER BY payout_id, version`,
    )
  ).rows;

test('there is a Postgres with its tools where all of it must be tested', () => {
  if (process.env['CI']) expect(tools).not.toBeNull();
});

describe.runIf(tools)('a database that was lost', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payouts-restore-'));
    server = await startServerPostgres(tools ?? '', 3);
    await asAdmin(server.url('postgres'), 'CREATE DATABASE payouts');
    await migrate(server.url('payouts'), MIGRATIONS);
    lost = await createWorld({ on: { url: server.url('payouts'), drop: async () => undefined } });
    lost.deps.retries = { maxRetries: 5, delaysMs: [50, 50, 50, 50, 50] };
    await live();
    await asAdmin(inject('pgUrl'), `CREATE DATABASE ${NAME}`);
    world = onRestored();
  }, 60_000);

  afterAll(async () => {
    await world?.db.close();
    await lost?.close();
    await asAdmin(inject('pgUrl'), `DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('refuses what is no backup, and a time that nobody knows, and leaves the database empty', async () => {
    const broken = path.join(folder, 'payouts-20260801T030000Z.dump');
    await writeFile(broken, (await readFile(backup)).subarray(0, 20_000));
    await expect(script('restore.sh', restoredUrl(), broken)).rejects.toThrow();
    const unnamed = path.join(folder, 'unnamed.dump');
    await writeFile(unnamed, await readFile(backup));
    await expect(script('restore.sh', restoredUrl(), unnamed)).rejects.toThrow('Say of when the backup is');
    const { rows } = await world.db.pool.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`);
    expect(rows).toEqual([]);
  });

  it('restores into an empty database, in which nothing may be sent', async () => {
    expect(path.basename(backup)).toMatch(/^payouts-\d{8}T\d{6}Z\.dump$/);
    expect(await readdir(path.dirname(backup))).toEqual([path.basename(backup)]);
    expect(await script('restore.sh', restoredUrl(), backup)).toContain('payouts -- after-restore');
    await expect(script('restore.sh', restoredUrl(), backup)).rejects.toThrow('The database is not empty');
    expect(await processingState(world.db.pool)).toMatchObject({ paused: true, changedBy: 'restore.sh' });
    expect(await work(world)).toBe(0);
    expect((await payoutOf(world, ids.waiting)).status).toBe('PENDING');
    await expect(payoutOf(world, ids.unknown)).rejects.toThrow();
    expect((await verifyAudit(world.db.pool)).findings).toEqual([]);
  });

  it('lets no server start on it, nor on one that another tool has restored, before it was made ready', async () => {
    const config = assertReady(
      readConfig({
        DATABASE_URL: restoredUrl(),
        STRIPE_SECRET_KEY: 'sk_test_x',
        STRIPE_WEBHOOK_SECRET: 'whsec_x',
      }),
    );
    await expect(prepareDatabase(config)).rejects.toThrow(RestoreError);
    expect(await checkRestore(restoredUrl())).toMatchObject([{ check: 'restore', status: 'error' }]);
    await world.db.pool.query('UPDATE restores SET readied_at = now()');
    await expect(prepareDatabase(config)).rejects.toThrow(RestoreError);
    await world.db.pool.query('UPDATE restores SET readied_at = NULL');

    const before = await eventsOf(world);
    const restored = await afterRestore(world.db.pool, null, ADMIN);
    expect(restored).toMatchObject({ renumbered: true, openPayouts: 5 });
    expect(path.basename(backup)).toContain(
      restored.backupAt.toISOString().slice(0, 19).replace(/[-:]/g, ''),
    );
    await prepareDatabase(config);
    expect(await checkRestore(restoredUrl())).toEqual([]);
    expect((await eventsOf(world)).map(({ name }) => name)).toEqual(before.map(({ name }) => name));
    expect(await processingState(world.db.pool)).toMatchObject({ paused: true, changedBy: ADMIN.name });
  });

  it('knows no cursor of before, and goes on telling', async () => {
    const cursors = createCursors(await readCursorKey(world.db.pool));
    expect(cursors.decode(lostCursor)).toBeNull();
    relay = createRelay({
      pool: world.db.pool,
      wakeup: localWakeup(),
      log: silent,
      pollMs: 20,
      queueLimit: 1_000,
    });
    await relay.start();
    const all = relay.subscribe({ accepts: () => true, after: { xid: 0n, id: 0n } });
    const names = (await eventsOf(world)).map(({ name }) => name);
    expect((await take(all, names.length)).sort()).toEqual([...names].sort());
    heard = relay.subscribe({ accepts: () => true });
  });

  it('tells what Stripe has and it has not, and repairs what it may while nothing is sent', async () => {
    const { id: transferId } = await onlyTransferOf(ids.unknown);
    await reconcileNow(world);
    expect(await itemsOf(world, transferId)).toMatchObject([{ kind: 'unknown_transfer', state: 'OPEN' }]);
    expect(await openMismatches(world)).toContainEqual(expect.stringContaining(transferId));
    await expectPaidOnce(world, ids.underWay);
    expect(await itemsOf(world, ids.waiting)).toMatchObject([
      { kind: 'transfer_of_failed_payout', state: 'OPEN' },
    ]);
  });

  it('pays nothing twice: what was paid after the backup is completed by the transfer that is there', async () => {
    const made = async () => (await world.simulator.transfers()).length;
    const before = await made();
    // Stripe has forgotten the keys by now: one that is sent again makes another transfer.
    await world.simulator.advanceClock(25 * 3_600);
    await resume(world);
    await work(world);
    await due(world);
    await work(world, 'retry_claimed');
    await resolve(world);
    for (const id of [ids.waiting, ids.failed, ids.refusedTwice, ids.untouched])
      await expectPaidOnce(world, id);
    // Only what nobody had paid.
    expect(await made()).toBe(before + 1);
    expect(
      (await attemptsOf(world, ids.refusedTwice)).map(({ number, outcome }) => `${number} ${outcome}`),
    ).toEqual(['1 UNKNOWN', '2 UNKNOWN', '3 SUCCEEDED']);
  });

  it('pays what is new without a look', async () => {
    const looks = async () =>
      (await world.simulator.state()).requests.filter(({ method }) => method === 'GET').length;
    const { id } = await pay(world);
    const before = await looks();
    await work(world);
    await expectPaidOnce(world, id);
    expect(await looks()).toBe(before);
  });

  it('tells each change since once, in order, and writes each e-mail once', async () => {
    const { rows } = await world.db.pool.query<{ name: string }>(
      `SELECT payout_id || ':' || version AS name FROM payout_events WHERE log_xid > 2 ORDER BY log_xid, id`,
    );
    const names = rows.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(8);
    expect(await take(heard, names.length)).toEqual(names);
    await relay.stop();
    expect(await namesOf(world)).toEqual(emails);
    await queueEmails(world.db.pool);
    const written = (await namesOf(world)).slice(emails.length);
    expect(written.filter((name) => name.startsWith(ids.paid))).toEqual([]);
    expect(written).toContain(`${ids.untouched} PAYOUT_INITIATED`);
    expect(written.filter((name) => name.startsWith(ids.waiting))).toEqual([
      `${ids.waiting} PAYOUT_COMPLETED`,
    ]);
  });

  it('holds, but for the transfers that it has forgotten', async () => {
    const { id: transferId } = await onlyTransferOf(ids.unknown);
    await reconcileNow(
      world,
      {},
      { start: new Date(Date.now() - DAY_MS), end: new Date(Date.now() + 2 * DAY_MS) },
    );
    expect(await openMismatches(world)).toEqual([expect.stringContaining(transferId)]);
    const { findings } = await verify(world);
    expect(findings.map(({ details }) => details)).toEqual([
      expect.objectContaining({ transfer: transferId }),
    ]);
    expect((await verifyAudit(world.db.pool)).findings).toEqual([]);
  });

  it('takes back what it has forgotten, with its statement, and holds altogether', async () => {
    const transfer = transferFact(await onlyTransferOf(ids.unknown));
    const strange = { ...transfer, idempotencyKey: 'payout_of_somebody_else_1' };
    await expect(adoptTransfer(world.db.pool, strange, ADMIN)).rejects.toThrow('we have not made it');
    await expect(
      adoptTransfer(world.db.pool, { ...transfer, amountCents: 400 }, ADMIN, 'none'),
    ).rejects.toThrow('the statement is not');
    const before = (await world.simulator.transfers()).length;
    const { payout, royaltyStatementId } = await adoptTransfer(world.db.pool, transfer, ADMIN);
    expect([payout.id, royaltyStatementId]).toEqual([ids.unknown, statementId]);
    await expectPaidOnce(world, ids.unknown);
    expect(
      (await attemptsOf(world, ids.unknown)).map(({ number, outcome }) => `${number} ${outcome}`),
    ).toEqual(['1 UNKNOWN', '2 SUCCEEDED']);
    await expect(adoptTransfer(world.db.pool, transfer, ADMIN)).rejects.toThrow('its payout is there');
    await expect(
      pay(world, { creatorId: payout.creatorId, royaltyStatementId: statementId }),
    ).rejects.toThrow();
    expect((await world.simulator.transfers()).length).toBe(before);
    await reconcileNow(
      world,
      {},
      { start: new Date(Date.now() - DAY_MS), end: new Date(Date.now() + 2 * DAY_MS) },
    );
    expect(await openMismatches(world)).toEqual([]);
    expect((await verify(world)).findings).toEqual([]);
    expect((await verifyAudit(world.db.pool)).findings).toEqual([]);
  });

  it('is made ready once more after its provider has put it back: no cursor of before is good', async () => {
    const cursor = createCursors(await readCursorKey(world.db.pool)).encode(await endOfLog(world.db.pool));
    await expect(afterRestore(world.db.pool, null, ADMIN)).rejects.toThrow('say of when the backup is');
    const before = await eventsOf(world);
    expect(await afterRestore(world.db.pool, new Date(), ADMIN)).toMatchObject({
      renumbered: false,
      openPayouts: 0,
    });
    expect(await eventsOf(world)).toEqual(before);
    expect(createCursors(await readCursorKey(world.db.pool)).decode(cursor)).toBeNull();
  });
});

async function onlyTransferOf(payoutId: string) {
  const [transfer] = await transfersOf(world, payoutId);
  if (!transfer) throw new Error('there is no transfer');
  return transfer;
}
