// docs/live.md keeps what it says: its programs are run as they stand there, over a line that is cut and silenced while
// changes happen, and hear each change exactly once and in order. Its table of codes has all that there are.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CloseCode } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { TOO_SLOW } from '../../src/graphql/streams/outbox.js';
import { createPayout, cursorOf, reaches } from '../graphql/ask.js';
import { createLine, type Line } from '../support/line.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';
import { ROOT } from './examples.js';

const text = await readFile(path.join(ROOT, 'docs/live.md'), 'utf8');
const PATIENCE = { timeout: 20_000, interval: 50 };
vi.setConfig({ testTimeout: 60_000 });

let app: RunningApp;
let token: string;
let creatorId: string;
beforeAll(async () => {
  app = await runApp();
  token = await app.token(ADMIN);
  creatorId = (await addCreator(app.world)).id;
});
afterAll(() => app.close());

let line: Line;
let reader: Reader | undefined;
beforeEach(async () => {
  line = await createLine(new URL(app.url).host);
});
afterEach(async () => {
  await reader?.end();
  await line.close();
  await expect.poll(openSubscriptions).toBe(0);
});

describe.each(['urql', 'fetch'])('the program with %s', (name) => {
  test('hears each change once and in order, whatever happens to its connection', async () => {
    const before = await changes();
    reader = await startReader(name);
    const missed = async (count: number) => {
      line.cut();
      await pay(count);
      line.mend();
    };
    await pay(2);
    await heard(before + 6);
    await missed(3);
    // In the middle of it: some are told before, some are lost on their way, some happen while it is away.
    const paying = pay(12);
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      line.cut();
      line.mend();
    }
    await paying;
    await missed(1);
    await pay(1);
    await heard(before + 57);
    expect(reader.lines).toEqual((await log()).slice(before));
  });

  test('goes on after the cursor that it kept', async () => {
    const [first] = await cursors();
    expect(first).toBeDefined();
    const all = await log();
    reader = await startReader(name, { CURSOR: first });
    await vi.waitFor(() => expect(reader?.lines).toEqual(all.slice(1)), PATIENCE);
  });

  test('begins anew where its cursor is none', async () => {
    reader = await startReader(name, { CURSOR: 'of-another-log' });
    await vi.waitFor(() => expect(reader?.said).toContain('CURSOR_EXPIRED'), PATIENCE);
    await expect.poll(openSubscriptions).toBe(1);
    const before = await changes();
    await pay(1);
    await heard(before + 3);
    expect(reader.lines).toEqual((await log()).slice(before));
  });
});

test('the program with urql notices a line that says nothing any more', async () => {
  const before = await changes();
  reader = await startReader('urql');
  await pay(1);
  await heard(before + 3);
  line.silence();
  await pay(2);
  await heard(before + 9);
  expect(reader.lines).toEqual((await log()).slice(before));
});

test('the ping with a fresh token keeps the socket open beyond its first one, and is answered without it', async () => {
  const ping = /^```json\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? '';
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = once(socket, 'close');
  await once(socket, 'open');
  const payload = { authorization: `Bearer ${await app.token(ADMIN, 2)}` };
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await once(socket, 'message');
  socket.send(ping.replace('…', await app.token(ADMIN, 5)));
  const [pong] = await once(socket, 'message');
  expect(JSON.parse(String(pong))).toEqual({ type: 'pong', payload: {} });
  const began = Date.now();
  expect((await closed)[0]).toBe(4403);
  // Tokens count whole seconds.
  expect(Date.now() - began).toBeGreaterThan(3_000);
});

/** Resolves when the reader has heard so many lines as the log has from there on. */
async function heard(total: number): Promise<void> {
  await vi.waitFor(async () => expect(await changes()).toBe(total), PATIENCE);
  const last = (await log()).at(-1);
  await vi.waitFor(() => expect(reader?.lines.at(-1)).toBe(last), PATIENCE);
}

/** So many payouts at once, each of which changes three times. */
async function pay(count: number): Promise<void> {
  const paid = Array.from({ length: count }, async () => {
    const { payout } = await createPayout(app, { creatorId });
    await reaches(app, payout.reference, 'COMPLETED');
  });
  await Promise.all(paid);
}

/** What the log has, in its order, as the programs print it. */
async function log(): Promise<string[]> {
  const { rows } = await app.world.db.pool.query<{ change: string }>(
    `SELECT to_status || ' ' || payout_id AS change FROM payout_events ORDER BY log_xid, id`,
  );
  return rows.map(({ change }) => change);
}

const changes = async () => (await log()).length;

async function cursors(): Promise<string[]> {
  const { rows } = await app.world.db.pool.query<{ xid: string; id: string }>(
    'SELECT log_xid AS xid, id FROM payout_events ORDER BY log_xid, id',
  );
  return Promise.all(rows.map(({ xid, id }) => cursorOf(app, { xid: BigInt(xid), id: BigInt(id) })));
}

async function openSubscriptions(): Promise<number> {
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^subscriptions_active (\d+)$/m.exec(metrics)?.[1]);
}

interface Reader {
  /** `STATUS reference` of each change that it has printed. */
  lines: string[];
  /** What it has said beside. */
  readonly said: string;
  end(): Promise<void>;
}

/** The program of this name on the page, at the end of the line, once it listens. */
async function startReader(name: string, environment: { CURSOR?: string | undefined } = {}): Promise<Reader> {
  const code = new RegExp(`^\`\`\`js ${name}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)?.[1] ?? '';
  expect(code).toContain('127.0.0.1:4000/graphql');
  const there = code.replaceAll('127.0.0.1:4000', line.host);
  const child = spawn(process.execPath, ['--input-type=module', '-e', there], {
    cwd: ROOT,
    env: { ...process.env, ...environment, TOKEN: token },
  });
  const running = readerOf(child);
  if (!environment.CURSOR) await expect.poll(openSubscriptions, PATIENCE).toBe(1);
  return running;
}

function readerOf(child: ChildProcess): Reader {
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let printed = '';
  let said = '';
  const lines: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (printed + chunk).split('\n');
    printed = parts.pop() ?? '';
    for (const part of parts) {
      const { status, payout } = JSON.parse(part);
      lines.push(`${status} ${payout.reference}`);
    }
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  return {
    lines,
    get said() {
      return said;
    },
    async end() {
      child.kill();
      await exited;
    },
  };
}

describe('the tables', () => {
  /** What a client closes its own socket with. */
  const OF_CLIENTS: readonly number[] = [
    CloseCode.BadResponse,
    CloseCode.InternalClientError,
    CloseCode.ConnectionAcknowledgementTimeout,
  ];
  const ofServers = Object.values(CloseCode).filter((code): code is CloseCode => typeof code === 'number');
  const codes = [1001, 1009, TOO_SLOW, ...ofServers.filter((code) => !OF_CLIENTS.includes(code))];

  test.each(codes)('say what %d means and what to do', (code) => {
    expect(text).toMatch(new RegExp(`^\\| ${code} +\\| .{10,} \\| .{5,} \\|$`, 'm'));
  });

  test('tell of no other code', () => {
    const told = [...text.matchAll(/^\| (\d{4}) /gm)].map(([, code]) => Number(code));
    expect(told.sort()).toEqual([...codes].sort());
  });
});
