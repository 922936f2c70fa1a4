#!/usr/bin/env node
// A stand-in for Prisma's native `schema-engine`, which the Prisma CLI would otherwise download: with it, `prisma
// generate`, `validate`, `format` and `migrate …` need nothing but npm packages. The same engine, compiled to
// WebAssembly, comes as @prisma/schema-engine-wasm; this script lends it the native one's command line and JSON-RPC
// over stdin and stdout, and lets it reach Postgres through @prisma/adapter-pg.
//
// prisma.config.ts points the CLI here unless PRISMA_SCHEMA_ENGINE_BINARY names another engine. The service itself
// never runs this: it applies its migrations with src/db/migrate.ts.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** Postgres's internal one-byte type "char", which catalog queries return and adapter-pg does not know. */
const CHAR = 18;
const TEXT = 25;

/** For commands that touch no database, such as a diff between two schema files. */
const NOWHERE = 'postgresql://nobody@127.0.0.1:1/none';

const options = readArguments(process.argv.slice(2));
if (options.command) await runCommand(options.command);
else serve();

function readArguments(args) {
  const read = { datamodels: [], datasource: {}, command: undefined };
  const take = {
    '--datamodels': (value) => read.datamodels.push(value),
    '--datasource': (value) => Object.assign(read.datasource, JSON.parse(value)),
    '--enabled-preview-features': () => {},
    '--extension-types': () => {},
    cli: (value) => {
      read.command = value;
    },
  };
  while (args.length > 0) take[args.shift()]?.(args.shift());
  return read;
}

// --- The native engine's sub-commands -------------------------------------------------------------------------------

async function runCommand(command) {
  const commands = {
    'can-connect-to-database': () => canConnect(),
    'create-database': () => createDatabase(options.datasource.url),
    'drop-database': () => dropDatabase(options.datasource.url),
  };
  try {
    await commands[command]();
  } catch (error) {
    const fields = { message: error.message || error.code, error_code: prismaCode(error) };
    process.stderr.write(
      `\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}\n`,
    );
    process.exitCode = 1;
  }
}

function prismaCode({ code }) {
  if (code === '3D000') return 'P1003';
  return code === '28P01' || code === '28000' ? 'P1000' : 'P1001';
}

// --- JSON-RPC: one message on a line, answered in turn --------------------------------------------------------------

function serve() {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  let last = Promise.resolve();
  lines.on('line', (line) => {
    const message = line.trim() ? JSON.parse(line) : {};
    // A message without a method is the CLI's answer to our `print`.
    if (message.method) last = last.then(() => answer(message));
  });
  lines.on('close', () => last.then(() => process.exit(0)));
}

async function answer({ id, method, params }) {
  try {
    send({ id, result: await call(method, params) });
  } catch (error) {
    send({ id, error: rpcError(error) });
  }
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function rpcError(error) {
  const { message = String(error), code } = error ?? {};
  const data = { is_panic: false, message, meta: { full_error: message }, error_code: code };
  return { code: 4466, message: 'An error happened. Check the data field for details.', data };
}

/** What the WASM engine lacks is done here; the rest goes to it under the same name. */
async function call(method, params) {
  if (method === 'createDatabase') return { databaseName: await createDatabase(options.datasource.url) };
  if (method === 'ensureConnectionValidity') return canConnect();
  const { engine, errors } = await makeEngine();
  try {
    return (await callEngine(engine, method, params)) ?? {};
  } catch (error) {
    throw causeOf(error, errors);
  }
}

async function callEngine(engine, method, params) {
  if (method === 'getDatabaseVersion') return engine.version(params);
  if (method === 'diff') return print(await engine.diff(params));
  // These two find their shadow database only once the engine has connected, and devDiagnostic makes it connect.
  if (method === 'evaluateDataLoss' || method === 'createMigration') {
    await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
  }
  return engine[method](params);
}

/** The CLI expects a diff's text as a message of its own. */
function print({ exitCode, stdout }) {
  const content = stdout?.replace(/\n$/, '');
  if (content) send({ id: 'print', method: 'print', params: { content } });
  return { exitCode, stdout: null };
}

/** An error of the driver comes back from the engine as a number; the error itself waits in the registry. */
function causeOf(error, errors) {
  const [, id] = /\(ID: (\d+)\)/.exec(error?.message) ?? /"id":(\d+)/.exec(error?.message) ?? [];
  const kept = id && errors.consumeError(Number(id));
  return kept ? (kept.error ?? kept) : error;
}

// --- The engine -----------------------------------------------------------------------------------------------------

/** A new one for each call: a second engine in one instance panics, and a used one has lost its shadow database. */
async function makeEngine() {
  const { SchemaEngine } = await loadWasm();
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory());
  const datamodels = options.datamodels.map((file) => [file, readFileSync(file, 'utf8')]);
  const schema = { datamodels: datamodels.length > 0 ? datamodels : undefined };
  return { engine: await SchemaEngine.new(schema, () => {}, factory), errors: factory.errorRegistry };
}

async function loadWasm() {
  // The glue code reports a Rust panic to this global.
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= { message: '', set_message: (message) => console.error(message) };
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const glueFile = pathToFileURL(path.join(folder, 'schema_engine_bg.js'));
  glueFile.search = randomUUID(); // the module holds its instance in a variable: another address is another copy
  const glue = await import(glueFile.href);
  const wasm = new WebAssembly.Module(readFileSync(path.join(folder, 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(wasm, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

// --- Postgres -------------------------------------------------------------------------------------------------------

function adapterFactory() {
  const url = options.datasource.url ?? NOWHERE;
  const { provider, adapterName } = new PrismaPg({ connectionString: url });
  return { provider, adapterName, connect: () => connect(url), connectToShadowDb };
}

async function connect(address) {
  const url = new URL(address);
  const schema = url.searchParams.get('schema') ?? undefined;
  url.searchParams.delete('schema');
  const pool = { connectionString: url.href, max: 1, idleTimeoutMillis: 50 };
  return amend(await new PrismaPg(pool, { schema }).connect());
}

/** adapter-pg's own would connect to the main database again: the connection string outweighs the name it adds. */
async function connectToShadowDb() {
  if (options.datasource.shadowDatabaseUrl) return connect(options.datasource.shadowDatabaseUrl);
  const url = new URL(options.datasource.url);
  url.pathname = `/prisma_migrate_shadow_db_${randomUUID()}`;
  await createDatabase(url.href);
  const adapter = await connect(url.href);
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await dispose();
    await dropDatabase(url.href);
  };
  return adapter;
}

function amend(adapter) {
  // adapter-pg cuts scripts at every semicolon, also within a function's body.
  adapter.executeScript = async (script) => {
    await adapter
      .underlyingDriver()
      .query(script)
      .catch((error) => adapter.onError(error));
  };
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let types = [];
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    types = result.fields.map((field) => field.dataTypeID);
    const asText = (field) => (field.dataTypeID === CHAR ? { ...field, dataTypeID: TEXT } : field);
    return { ...result, fields: result.fields.map(asText) };
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const typed = (type, column) => (types[column] === CHAR ? ColumnTypeEnum.Character : type);
    return { ...result, columnTypes: result.columnTypes.map(typed) };
  };
  return adapter;
}

async function canConnect() {
  await onConnection(options.datasource.url, async () => {});
  return {};
}

async function createDatabase(url) {
  return onServer(url, (client, name) => client.query(`CREATE DATABASE ${name}`));
}

async function dropDatabase(url) {
  return onServer(url, (client, name) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

/** Runs `work` beside the database that `url` names, and returns that name. */
async function onServer(address, work) {
  const url = new URL(address);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  await onConnection(url.href, (client) => work(client, pg.escapeIdentifier(name)));
  return name;
}

async function onConnection(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
