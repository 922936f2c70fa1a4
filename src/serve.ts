// Runs the server as a process: says where it is, and ends it properly when asked to.
import { type App, startApp } from './app.js';
import type { Config } from './config.js';

/** Resolves once the server is up; the process then lives until SIGTERM or SIGINT. */
export async function runServer(config: Config): Promise<void> {
  const stopped = stopOnSignal();
  const app = await startApp(config);
  process.on('uncaughtException', (error) => void die(app, error));
  stopped(app);
  if (!config.production) await printWelcome(app, config);
}

/** From the first moment on: a signal during the start ends the process as soon as it has started. */
function stopOnSignal(): (app: App) => void {
  let askedAt: number | undefined;
  let running: App | undefined;
  const stop = () => {
    if (askedAt !== undefined) return insist(askedAt);
    askedAt = performance.now();
    if (running) void end(running);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return (app) => {
    running = app;
    if (askedAt !== undefined) void end(app);
  };
}

/** Milliseconds after which a second signal is a second wish: npm passes on the Ctrl-C that we got already. */
const INSISTING_AFTER_MS = 1_000;

/** Asked twice: somebody does not want to wait. */
function insist(askedAt: number): void {
  if (performance.now() - askedAt > INSISTING_AFTER_MS) process.exit(1);
}

async function end(app: App): Promise<void> {
  try {
    await app.close();
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}

/** What it had under way is found by the others, as that of any process that dies. A promise's rejection ends here as well. */
async function die(app: App, error: unknown): Promise<void> {
  await app.failed(error).catch(() => undefined);
  process.exit(1);
}

async function printWelcome(app: App, { role }: Config): Promise<void> {
  if (role === 'worker') return;
  const lines = [
    ['Payouts', app.url],
    ['Dashboards', `${app.url}/admin, ${app.url}/creator`],
    ['GraphiQL', `${app.url}/graphql`],
  ];
  if (app.simulatorUrl) lines.push(['Stripe simulator', `${app.simulatorUrl}/_control`]);
  const signIns = (await app.accounts()).map(({ slug, label }) => [
    `Sign in as ${label}`,
    `${app.url}/dev/sign-in/${encodeURIComponent(slug)}?to=dashboard`,
  ]);
  const width = Math.max(...[...lines, ...signIns].map(([name]) => name?.length ?? 0)) + 2;
  const row = ([name, where]: string[]) => `  ${name?.padEnd(width)}${where}`;
  console.log(`\n${lines.map(row).join('\n')}\n\n${signIns.map(row).join('\n')}\n\n  Stop it with Ctrl-C.\n`);
}
