// `npm run bench -- lists`: the hot lists against the hand-written floor, and what depth and counting cost.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { encodeCursor } from '../src/payouts/cursor.js';
import { countAsks, depthAsks, searchAsks } from './asks.js';
import { openDatabase } from './database.js';
import { BUSY_CREATOR, fill } from './fill.js';
import { timesOf } from './latency.js';
import { assertSameRows, hotLists, type Who } from './lists.js';
import { loadInTurn, type Plan } from './load.js';
import { printTimes, printTurns } from './report.js';
import { type Server, startFloor, startProduct } from './servers.js';
import { authorizationOf } from './token.js';

export interface ListsOptions extends Plan {
  rows: number;
}

/** In the order of starting; they end in the opposite one. */
type Stops = (() => Promise<unknown>)[];

export async function runLists(options: ListsOptions): Promise<void> {
  const stops: Stops = [];
  try {
    const folder = await newFolder();
    stops.push(() => rm(folder, { recursive: true, force: true }));
    const database = await openDatabase(folder);
    stops.push(() => database.drop());
    console.log(`Filling in ${options.rows.toLocaleString('en')} payouts …`);
    await fill(database.url, options.rows);
    const settings = {
      databaseUrl: database.url,
      jwtSecret: randomBytes(32).toString('hex'),
      dataDir: path.join(folder, 'data'),
    };
    const product = await startProduct(settings);
    stops.push(() => product.stop());
    const floor = await startFloor(settings);
    stops.push(() => floor.stop());
    await measure({ product, floor, databaseUrl: database.url }, await whoOf(settings.jwtSecret), options);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** The unprivileged user that root's Postgres runs as can enter it. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payouts-bench-'));
  await chmod(folder, 0o711);
  return folder;
}

async function whoOf(secret: string): Promise<Who> {
  const creator = { role: 'CREATOR', sub: 'bench', creatorId: BUSY_CREATOR } as const;
  return {
    admin: await authorizationOf({ role: 'ADMIN', sub: 'bench' }, secret),
    creator: await authorizationOf(creator, secret),
  };
}

interface Bench {
  product: Server;
  floor: Server;
  databaseUrl: string;
}

async function measure(
  { product, floor, databaseUrl }: Bench,
  who: Who,
  options: ListsOptions,
): Promise<void> {
  const lists = hotLists(who);
  for (const list of lists) await assertSameRows(list, product, floor);
  console.log('Both answer the same rows.');
  for (const { title, ...asks } of lists) {
    const contenders = [
      { name: 'floor', server: floor, ask: asks.floor },
      { name: 'product', server: product, ask: asks.product },
    ];
    printTurns(title, await loadInTurn(contenders, options));
  }
  const depth = Math.floor(options.rows / 2);
  const cursor = await cursorAt(databaseUrl, depth);
  printTimes('one request at a time: depth', await timesOf(product, depthAsks(who, depth, cursor)));
  printTimes('one request at a time: counting', await timesOf(product, countAsks(who)));
  printTimes('one request at a time: search', await timesOf(product, searchAsks(who)));
  console.log(
    `\nLoad of the machine: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}`,
  );
}

/** The cursor of the row with that many newer ones. */
async function cursorAt(url: string, depth: number): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; created: string }>(
      `SELECT id, to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created
       FROM payouts ORDER BY created_at DESC, id DESC OFFSET $1 LIMIT 1`,
      [depth],
    );
    return encodeCursor('CREATED_AT', rows[0]?.created ?? '', rows[0]?.id ?? '');
  } finally {
    await client.end();
  }
}
