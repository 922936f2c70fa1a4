// Starts the Stripe simulator: an HTTP server that the official SDK talks to, with state, idempotency,
// webhooks and scripted faults. `/v1` is Stripe's API, `/setup` the onboarding pages, `/_control` the control.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleApi } from './api.js';
import { Clock } from './clock.js';
import { handleControl } from './control.js';
import { openPlatform } from './control-state.js';
import { type Core, ensurePlatform } from './core.js';
import { Faults } from './faults.js';
import { handleOnboarding } from './onboarding.js';
import { RequestLog } from './request-log.js';
import { settings } from './settings.js';
import { Store } from './store.js';
import type { Simulator, SimulatorOptions } from './types.js';
import { Waits } from './waits.js';
import { Webhooks } from './webhooks.js';

/**
 * Starts the simulator and, when there is a journal, takes up the state that it keeps.
 * Throws when the port is taken or the journal is damaged.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const core = createCore(options);
  const server = createServer((req, res) => void route(core, req, res));
  // Longer than clients keep idle connections, so that none is reset under a new request by chance.
  server.keepAliveTimeout = 120_000;
  try {
    await listen(server, options);
  } catch (error) {
    core.store.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const url = `http://${urlHost(options.host ?? '127.0.0.1')}:${port}`;
  core.publicUrl = (options.publicUrl ?? url).replace(/\/$/, '');
  core.webhooks.start();
  let closing: Promise<void> | undefined;
  return { url, port, close: () => (closing ??= close(core, server)) };
}

function createCore(options: SimulatorOptions): Core {
  const clock = new Clock(options.now ?? Date.now);
  const store = new Store(options.journal);
  clock.offsetMs = settings(store).clockOffsetMs;
  const core: Core = {
    options,
    clock,
    store,
    faults: new Faults(),
    requests: new RequestLog(),
    waits: new Waits(),
    webhooks: new Webhooks(store, clock, options),
    publicUrl: '',
    keysInFlight: new Map(),
  };
  ensurePlatform(core, openPlatform);
  return core;
}

async function route(core: Core, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const path = (req.url ?? '/').split('?')[0] ?? '/';
  try {
    if (path === '/_control' || path.startsWith('/_control/')) await handleControl(core, req, res);
    else if (path.startsWith('/setup/')) await handleOnboarding(core, req, res);
    else await handleApi(core, req, res);
  } catch {
    // The connection is beyond an answer: the client left, or the body could not be read.
    res.destroy();
  }
}

function listen(server: Server, { port, host = '127.0.0.1' }: SimulatorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

// Held requests end first: they must not execute any more. The journal goes last.
async function close(core: Core, server: Server): Promise<void> {
  core.waits.close();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await core.webhooks.close();
  await closed;
  core.store.close();
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
