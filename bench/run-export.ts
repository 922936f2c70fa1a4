// `npm run bench -- export`: all payouts as CSV, from the built product over HTTP. Exits with 1 unless it is byte for byte
// what the API's list has, and the memory held meanwhile stays where it was.
import { once } from 'node:events';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { differenceOf, hashList, RowHash } from './export-rows.js';
import { printTable } from './report.js';
import { type Memory, type Server, startProduct } from './servers.js';
import { onStage } from './stage.js';
import { authorizationOf } from './token.js';

const MEGABYTE = 1024 * 1024;
/** Milliseconds between two looks at the memory. */
const LOOK_MS = 500;
/** What may be held more than before, whatever the number of rows. */
const MOST_GROWTH = 32 * MEGABYTE;

export function runExport({ rows }: { rows: number }): Promise<void> {
  return onStage(async (stage) => {
    const settings = await stage.database(rows);
    await spoil(settings.databaseUrl);
    const server = await stage.start(startProduct(settings));
    const authorization = await authorizationOf({ role: 'ADMIN', sub: 'bench' }, stage.jwtSecret);
    const plain = await measure(server, authorization, false);
    const packed = await measure(server, authorization, true);
    const began = performance.now();
    const list = await hashList(server.url, authorization, tellOf(rows));
    const listed = ((performance.now() - began) / 1_000).toFixed(1);
    printRuns(rows, plain, packed);
    console.log(`\nThe list, ${rows.toLocaleString('en')} payouts in pages of 100: ${listed} s.`);
    judge(rows, list, { plain, gzip: packed });
  });
}

/** What a CSV and a spreadsheet stumble over, in names and reasons, so that bytes that agree mean something. */
const HOSTILE = [
  '=1+1',
  ' "@SUM(A1)',
  'Quist, "Ida"',
  'two\r\nlines',
  'a;-b',
  'tab\t+c',
  '－full',
  "O'Hara",
  'Åsa 灯',
];

async function spoil(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `UPDATE creators SET display_name = ($1::text[])[1 + (hashtext(id) & 1023) % 9] || display_name
       WHERE hashtext(id) % 3 = 0`,
      [HOSTILE],
    );
    await client.query('VACUUM ANALYZE creators');
  } finally {
    await client.end();
  }
}

interface Run {
  seconds: number;
  cpuMs: number;
  hash: RowHash;
  /** Over the wire. */
  bytes: number;
  before: Memory;
  most: Memory;
}

async function measure(server: Server, authorization: string, packed: boolean): Promise<Run> {
  const before = await server.memory();
  const [began, cpu] = [performance.now(), await server.cpuMs()];
  const watch = watchMemory(server);
  const { hash, bytes } = await download(server.url, authorization, packed);
  const seconds = (performance.now() - began) / 1_000;
  const most = await watch.stop();
  return { seconds, cpuMs: (await server.cpuMs()) - cpu, hash, bytes, before, most };
}

/** What is alive after a collection, and what the system has given, again and again. */
function watchMemory(server: Server): { stop(): Promise<Memory> } {
  const most: Memory = { heldBytes: 0, rssBytes: 0 };
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      const { heldBytes, rssBytes } = await server.memory();
      most.heldBytes = Math.max(most.heldBytes, heldBytes);
      most.rssBytes = Math.max(most.rssBytes, rssBytes);
      await sleep(LOOK_MS);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await looking;
      return most;
    },
  };
}

async function download(url: string, authorization: string, packed: boolean) {
  const headers = { authorization, 'accept-encoding': packed ? 'gzip' : 'identity' };
  const [response] = (await once(http.get(`${url}/exports/payouts.csv`, { headers }), 'response')) as [
    http.IncomingMessage,
  ];
  if (response.statusCode !== 200) throw new Error(`the export answered ${response.statusCode}`);
  const hash = new RowHash();
  const wire = { bytes: 0 };
  const add = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) hash.add(chunk);
  };
  response.on('data', (chunk: Buffer) => {
    wire.bytes += chunk.length;
  });
  await (packed ? pipeline(response, createGunzip(), add) : pipeline(response, add));
  return { hash: hash.end(), bytes: wire.bytes };
}

function printRuns(rows: number, plain: Run, packed: Run): void {
  const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(1);
  const line = (name: string, { seconds, cpuMs, bytes, before, most }: Run) => [
    ...[name, seconds.toFixed(1), (rows / seconds).toFixed(0), megabytes(bytes), (cpuMs / 1_000).toFixed(1)],
    ...[before.heldBytes, most.heldBytes, before.rssBytes, most.rssBytes].map(megabytes),
  ];
  printTable(`Export of ${rows.toLocaleString('en')} payouts; memory in MB`, [
    ['', 'seconds', 'rows/s', 'MB', 'CPU s', 'held before', 'held at most', 'RSS before', 'RSS at most'],
    line('plain', plain),
    line('gzip', packed),
  ]);
}

/** Every so many rows. */
const TELL = 100_000;

const tellOf = (total: number) => (rows: number) => {
  if (rows % TELL === 0)
    console.log(`The list: ${rows.toLocaleString('en')} of ${total.toLocaleString('en')} …`);
};

function judge(rows: number, list: RowHash, runs: Readonly<Record<string, Run>>): void {
  const wrong = Object.entries(runs).flatMap(([name, { hash, before, most }]) => {
    const difference = differenceOf(hash, list);
    const growth = most.heldBytes - before.heldBytes;
    return [
      ...(hash.rows === rows + 1 ? [] : [`${name}: ${hash.rows - 1} rows came, of ${rows}`]),
      ...(difference ? [`${name}: it is not the list: ${difference}`] : []),
      ...(growth > MOST_GROWTH
        ? [`${name}: it held ${(growth / MEGABYTE).toFixed(1)} MB more than before`]
        : []),
    ];
  });
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
  else
    console.log(
      `Byte for byte the list's rows, plain and gzip: ${list.bytes} bytes, SHA-256 ${list.marks.at(-1)}.`,
    );
}
