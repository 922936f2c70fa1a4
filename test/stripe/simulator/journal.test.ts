// The journal: state across restarts, kill -9 and torn lines; and what close leaves behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startSimulator } from '../../../src/stripe/simulator/server.js';
import {
  CONNECT_SECRET,
  directory,
  held,
  PLATFORM_SECRET,
  readyWorld,
  receiver,
  refused,
  sdk,
  world,
} from './support.js';

const VALID = { amount: 100, currency: 'usd', destination: 'acct_ready' };
const KEY = { idempotencyKey: 'payout_1' };

test('everything survives a restart: money, keys, events, accounts, the clock', async () => {
  const journal = join(directory(), 'stripe.journal');
  const first = await readyWorld({ journal, balance: { usd: 1_000 } });
  await first.control.advanceClock(5_000);
  const transfer = await first.stripe.transfers.create(VALID, KEY);
  await first.stripe.transfers.createReversal(transfer.id, { amount: 10 });
  await refused(first.stripe.transfers.create({ ...VALID, amount: 5_000 }, { idempotencyKey: 'refused' }));
  const before = await first.control.state();
  const events = (await first.stripe.events.list()).data;
  await first.simulator.close();

  const second = await world({ journal, balance: { usd: 77 } });
  const after = await second.control.state();
  const { now: _now, requests: _requests, counters: _counters, ...kept } = before;
  expect(after).toMatchObject(kept);
  expect(after.now).toBeGreaterThanOrEqual(before.now);
  expect((await second.stripe.events.list()).data).toEqual(events);
  const replayed = await second.stripe.transfers.create(VALID, KEY);
  expect(replayed).toEqual(transfer);
  expect(replayed.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  await second.control.topUp(10_000);
  const refusal = refused(
    second.stripe.transfers.create({ ...VALID, amount: 5_000 }, { idempotencyKey: 'refused' }),
  );
  expect((await refusal).code).toBe('balance_insufficient');
});

test('every answer is on file before it goes out', async () => {
  const journal = join(directory(), 'stripe.journal');
  const { stripe } = await readyWorld({ journal });
  const { id } = await stripe.transfers.create(VALID, KEY);
  // Read while the simulator runs: this is all that a kill -9 would leave.
  const last = readFileSync(journal, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const tables = (JSON.parse(last) as [string, string][]).map(([table, row]) => [table, row]);
  const all = readFileSync(journal, 'utf8');
  expect(all).toContain(id);
  const line = all.split('\n').find((text) => text.startsWith('[["platform"') && text.includes(id)) ?? '';
  const together = (JSON.parse(line) as [string][]).map(([table]) => table);
  expect(together).toEqual(expect.arrayContaining(['platform', 'transfers', 'events', 'deliveries', 'keys']));
  expect(tables.length).toBeGreaterThan(0);
});

test('kill -9 in the middle of the work loses nothing that was answered, and doubles nothing', async () => {
  const journal = join(directory(), 'stripe.journal');
  const script = fileURLToPath(new URL('killed-simulator.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, journal], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(new URL(String(url).trim()).port);
  const stripe = sdk({ url: String(url), port, close: async () => {} });
  const answered = new Map<string, string>();
  const make = async (key: string) => {
    const { id } = await stripe.transfers.create({ ...VALID, amount: 1 }, { idempotencyKey: key });
    answered.set(key, id);
    if (answered.size === 20) child.kill('SIGKILL');
  };
  await Promise.allSettled(Array.from({ length: 60 }, (_, index) => make(`key_${index}`)));
  expect(answered.size).toBeGreaterThanOrEqual(20);
  const { stripe: again, control } = await world({ journal });
  for (const [key, id] of answered) {
    const replayed = await again.transfers.create({ ...VALID, amount: 1 }, { idempotencyKey: key });
    expect(replayed.id).toBe(id);
  }
  const { transfers, idempotencyKeys, balance, balanced } = await control.state();
  expect(transfers.length).toBe(idempotencyKeys.length);
  expect([balance, balanced]).toEqual([{ usd: 1_000 - transfers.length }, true]);
});

test('a torn last line is cut off at every length, and the journal goes on', async () => {
  const journal = join(directory(), 'stripe.journal');
  const first = await readyWorld({ journal });
  const kept = await first.stripe.transfers.create(VALID);
  await first.simulator.close();
  const whole = readFileSync(journal);
  const torn = '[["transfers","tr_torn",{"id":"tr_torn","created":1}]]';
  for (const length of [1, 20, torn.length]) {
    writeFileSync(journal, whole);
    appendFileSync(journal, torn.slice(0, length));
    const again = await startSimulator({
      port: 0,
      journal,
      platformSecret: 'whsec_a',
      connectSecret: 'whsec_b',
    });
    await again.close();
    expect(readFileSync(journal)).toEqual(whole);
  }
  const last = await world({ journal });
  expect((await last.control.transfers()).map(({ id }) => id)).toEqual([kept.id]);
  const next = await last.stripe.transfers.create(VALID);
  await last.simulator.close();
  const final = await world({ journal });
  expect((await final.control.transfers()).map(({ id }) => id)).toEqual([kept.id, next.id]);
});

test('a torn header begins anew; a damaged line and a foreign file are refused', async () => {
  const journal = join(directory(), 'stripe.journal');
  const start = () =>
    startSimulator({ port: 0, journal, platformSecret: 'whsec_a', connectSecret: 'whsec_b' });
  await (await start()).close();
  const size = statSync(journal).size;
  truncateSync(journal, 5);
  await (await start()).close();
  expect(statSync(journal).size).toBe(size);
  const lines = readFileSync(journal, 'utf8').split('\n');
  writeFileSync(journal, [lines[0], 'garbage', ...lines.slice(1)].join('\n'));
  await expect(start()).rejects.toThrow(/damaged.*line 2/);
  writeFileSync(journal, 'something else entirely\n');
  await expect(start()).rejects.toThrow('Not a Stripe simulator journal');
  expect(readFileSync(journal, 'utf8')).toBe('something else entirely\n');
});

test('a request that was held when the simulator closed was never executed', async () => {
  const journal = join(directory(), 'stripe.journal');
  const first = await readyWorld({ journal });
  await first.control.fault({ fault: 'latency', times: 'always' });
  // Not through the SDK, which would wait half a second before its retry.
  const headers = { authorization: 'Bearer sk_test_x', 'idempotency-key': 'k' };
  const body = 'amount=1&currency=usd&destination=acct_ready';
  const waiting = fetch(`${first.simulator.url}/v1/transfers`, { method: 'POST', headers, body });
  const cut = expect(waiting).rejects.toThrow();
  await held(first.control, 1);
  await first.simulator.close();
  await cut;
  const second = await world({ journal });
  expect(await second.control.state()).toMatchObject({ transfers: [], idempotencyKeys: [] });
});

test('webhooks that were not delivered go on after a restart', async () => {
  const journal = join(directory(), 'stripe.journal');
  const first = await readyWorld({
    journal,
    webhookUrl: 'http://127.0.0.1:1/hook',
    webhookRetryDelaysMs: [60_000],
  });
  await first.stripe.transfers.create(VALID);
  await first.control.drainWebhooks();
  await first.simulator.close();
  const endpoint = await receiver();
  const second = await world({ journal, webhookUrl: endpoint.url });
  const [received] = await endpoint.until(1);
  expect(received?.event.type).toBe('transfer.created');
  await second.control.drainWebhooks();
  expect((await second.control.deliveries())[0]).toMatchObject({
    status: 'delivered',
    attempts: [{ status: null }, { status: 200 }],
  });
});

test('a journal that is mostly history is rewritten at start, with the same state', async () => {
  const journal = join(directory(), 'stripe.journal');
  const first = await readyWorld({ journal });
  const { id } = await first.stripe.transfers.create(VALID);
  const before = await first.control.state();
  await first.simulator.close();
  const row =
    readFileSync(journal, 'utf8')
      .split('\n')
      .find((line) => line.includes('"control"')) ?? '[]';
  const noise =
    '[["control","control",{"id":"control","created":0,"clockOffsetMs":0,"webhookUrl":null,"webhookMode":"deliver"}]]\n';
  expect(row).toBeDefined();
  appendFileSync(journal, noise.repeat(6_000));
  const size = statSync(journal).size;
  const second = await world({ journal });
  expect(statSync(journal).size).toBeLessThan(size / 10);
  expect(await second.control.state()).toMatchObject({
    transfers: before.transfers,
    accounts: before.accounts,
    balance: before.balance,
  });
  await second.stripe.transfers.createReversal(id);
  await second.simulator.close();
  const third = await world({ journal });
  expect((await third.control.transfers())[0]).toMatchObject({ id, reversed: true });
});

test('close leaves no handle, timer or connection: a process with nothing else ends by itself', async () => {
  const script = fileURLToPath(new URL('closed-simulator.ts', import.meta.url));
  const journal = join(directory(), 'stripe.journal');
  const child = spawn(process.execPath, ['--import', 'tsx', script, journal], { stdio: 'pipe' });
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  expect([code, output]).toEqual([0, 'closed\n']);
}, 15_000);

test('a taken port is an error, not a hang', async () => {
  const { simulator } = await world();
  const secrets = { platformSecret: PLATFORM_SECRET, connectSecret: CONNECT_SECRET };
  await expect(startSimulator({ port: simulator.port, ...secrets })).rejects.toThrow('EADDRINUSE');
});
