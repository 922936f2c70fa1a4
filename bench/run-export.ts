// `npm run bench -- export`: all payouts as CSV, from the built product over HTTP, beside the memory that it holds meanwhile.
import { once } from 'node:events';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { printTable } from './report.js';
import { type Server, startProduct } from './servers.js';
import { onStage } from './stage.js';
import { authorizationOf } from './token.js';

const MEGABYTE = 1024 * 1024;
/** Milliseconds between two looks at the memory. */
const LOOK_MS = 500;

export function runExport({ rows }: { rows: number }): Promise<void> {
  return onStage(async (stage) => {
    const settings = await stage.database(rows);
    const server = await stage.start(startProduct(settings));
    const authorization = await authorizationOf({ role: 'ADMIN', sub: 'bench' }, stage.jwtSecret);
    const plain = await measure(server, authorization, rows, false);
    const packed = await measure(server, authorization, rows, true);
    const title = `Export of ${rows.toLocaleString('en')} payouts`;
    printTable(title, [
      ['', 'seconds', 'rows/s', 'MB', 'CPU s', 'MB held before', 'MB held at most'],
      plain,
      packed,
    ]);
  });
}

async function measure(
  server: Server,
  authorization: string,
  rows: number,
  packed: boolean,
): Promise<string[]> {
  const before = await server.memoryBytes();
  const [began, cpu] = [performance.now(), await server.cpuMs()];
  const watch = watchMemory(server);
  const { lines, bytes } = await download(server.url, authorization, packed);
  const seconds = (performance.now() - began) / 1_000;
  const most = await watch.stop();
  // The header is a line too; no cell of the bench's payouts has a line end in it.
  if (lines !== rows + 1) throw new Error(`${lines - 1} rows came, of ${rows}`);
  return [
    packed ? 'gzip' : 'plain',
    seconds.toFixed(1),
    (rows / seconds).toFixed(0),
    (bytes / MEGABYTE).toFixed(0),
    (((await server.cpuMs()) - cpu) / 1_000).toFixed(1),
    (before / MEGABYTE).toFixed(1),
    (most / MEGABYTE).toFixed(1),
  ];
}

/** What is alive after a collection, again and again. */
function watchMemory(server: Server): { stop(): Promise<number> } {
  const state = { stopped: false, most: 0 };
  const looking = (async () => {
    while (!state.stopped) {
      state.most = Math.max(state.most, await server.memoryBytes());
      await sleep(LOOK_MS);
    }
  })();
  return {
    async stop() {
      state.stopped = true;
      await looking;
      return state.most;
    },
  };
}

async function download(url: string, authorization: string, packed: boolean) {
  const headers = { authorization, 'accept-encoding': packed ? 'gzip' : 'identity' };
  const [response] = (await once(http.get(`${url}/exports/payouts.csv`, { headers }), 'response')) as [
    http.IncomingMessage,
  ];
  if (response.statusCode !== 200) throw new Error(`the export answered ${response.statusCode}`);
  const counted = { lines: 0, bytes: 0 };
  const count = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) for (const byte of chunk) if (byte === 10) counted.lines++;
  };
  response.on('data', (chunk: Buffer) => {
    counted.bytes += chunk.length;
  });
  await (packed ? pipeline(response, createGunzip(), count) : pipeline(response, count));
  return counted;
}
