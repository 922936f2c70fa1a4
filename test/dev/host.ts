// A process that owns an embedded Postgres, to be killed by a test: `host.ts DATA_DIR [JSON options]`. It prints one
// line of JSON once the server is ready, and on SIGINT one that says whether the server still answers.
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres/start.js';

const [dataDir = '', options = '{}'] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ dataDir, durable: false, ...JSON.parse(options) });
const url = server.url('postgres');

process.on('SIGINT', async () => {
  const client = new pg.Client({ connectionString: url });
  const answers = await client.connect().then(
    () => true,
    () => false,
  );
  if (answers) await client.end();
  console.log(JSON.stringify({ answers }));
});
setInterval(() => {}, 60_000);
console.log(JSON.stringify({ url, port: server.port }));
