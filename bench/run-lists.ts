// `npm run bench -- lists`: the hot lists against the hand-written floor, and what growth, depth and counting cost.
import { loadavg } from 'node:os';
import pg from 'pg';
import { encodeCursor } from '../src/payouts/lists/cursor.js';
import { countAsks, depthAsks, searchAsks } from './asks.js';
import { timesOf } from './latency.js';
import { assertSameRows, hotLists, type Who } from './lists.js';
import { type Contender, loadInTurn, type Plan } from './load.js';
import { printTimes, printTurns } from './report.js';
import { type Server, startFloor, startPostGraphile, startProduct } from './servers.js';
import { onStage, type Stage } from './stage.js';
import { whoOf } from './token.js';

export interface ListsOptions extends Plan {
  rows: number;
  /** The folder that PostGraphile is installed in; without it there is no peer. */
  peerFolder: string | undefined;
}

/** What growth is measured from. */
const FEW_ROWS = 10_000;

export function runLists(options: ListsOptions): Promise<void> {
  return onStage(async (stage) => {
    const who = await whoOf(stage.jwtSecret);
    const settings = await stage.database(options.rows);
    const product = await stage.start(startProduct(settings));
    const floor = await stage.start(startFloor(settings));
    const peer = options.peerFolder && (await stage.start(startPostGraphile(settings, options.peerFolder)));
    await compare({ product, floor, ...(peer && { peer }) }, who, options);
    await measureAlone(product, settings.databaseUrl, who, options.rows);
    if (options.rows > FEW_ROWS) await measureGrowth(stage, product, who, options);
    console.log(
      `\nLoad of the machine: ${loadavg()
        .map((load) => load.toFixed(1))
        .join(', ')}`,
    );
  });
}

interface Servers {
  product: Server;
  floor: Server;
  peer?: Server;
}

async function compare({ product, floor, peer }: Servers, who: Who, plan: Plan): Promise<void> {
  const lists = hotLists(who);
  for (const list of lists) await assertSameRows(list, product, floor, peer);
  console.log('All answer the same rows.');
  for (const list of lists) {
    const contenders: Contender[] = [
      { name: 'floor', server: floor, ask: list.floor },
      { name: 'product', server: product, ask: list.product },
      ...(peer ? [{ name: 'PostGraphile', server: peer, ask: list.peer }] : []),
    ];
    printTurns(list.title, 'product', await loadInTurn(contenders, plan));
  }
}

async function measureAlone(product: Server, databaseUrl: string, who: Who, rows: number): Promise<void> {
  const depth = Math.floor(rows / 2);
  const cursor = await cursorAt(databaseUrl, depth);
  printTimes('one request at a time: depth', await timesOf(product, depthAsks(who, depth, cursor)));
  printTimes('one request at a time: counting', await timesOf(product, countAsks(who)));
  printTimes('one request at a time: search', await timesOf(product, searchAsks(who)));
}

/** The same product on few rows and on many, in turn. */
async function measureGrowth(stage: Stage, many: Server, who: Who, options: ListsOptions): Promise<void> {
  const few = await stage.start(startProduct(await stage.database(FEW_ROWS)));
  const rows = options.rows.toLocaleString('en');
  for (const { title, product } of hotLists(who)) {
    const contenders = [
      { name: `${FEW_ROWS.toLocaleString('en')} rows`, server: few, ask: product },
      { name: `${rows} rows`, server: many, ask: product },
    ];
    printTurns(`growth: ${title}`, `${rows} rows`, await loadInTurn(contenders, options));
  }
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
