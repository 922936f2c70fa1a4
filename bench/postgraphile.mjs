// The peer: PostGraphile on the same database, as one would pick it instead. It checks no token, which is in its favour.
// It is none of our dependencies: the folder that it is installed in is handed in.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// biome-ignore lint/style/noProcessEnv: the process that starts this one hands its settings in here
const { databaseUrl, poolSize, folder } = JSON.parse(process.env.PEER ?? '');
const { resolve } = createRequire(path.join(path.resolve(folder), 'package.json'));
const load = (name) => import(pathToFileURL(resolve(name)).href);

const { postgraphile } = await load('postgraphile');
const { PostGraphileAmberPreset } = await load('postgraphile/presets/amber');
const { makePgService } = await load('postgraphile/adaptors/pg');
const { grafserv } = await load('postgraphile/grafserv/node');

// It is made for newer versions of Node than the oldest that we run on.
Promise.withResolvers ??= () => {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
};

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({ connectionString: databaseUrl, schemas: ['public'], poolConfig: { max: poolSize } }),
  ],
  grafast: { explain: false },
  grafserv: { graphiql: false, watch: false },
});
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
});
