// GET /health/live and /health/ready: whether the process runs, and whether it can do its work.
import { type Route, sendJson } from './server.js';

/** Each dependency by its name; one that rejects is down. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

/** Milliseconds that a dependency may take to answer. */
const PATIENCE_MS = 2_000;

export function healthRoutes(checks: Checks): Route[] {
  return [
    {
      method: 'GET',
      path: '/health/live',
      handle: (_, response) => sendJson(response, 200, { status: 'ok' }),
    },
    {
      method: 'GET',
      path: '/health/ready',
      handle: async (_, response) => {
        const states = await readiness(checks);
        const ready = Object.values(states).every((state) => state === 'ok');
        sendJson(response, ready ? 200 : 503, { status: ready ? 'ok' : 'unavailable', checks: states });
      },
    },
  ];
}

async function readiness(checks: Checks): Promise<Record<string, 'ok' | 'down'>> {
  const entries = Object.entries(checks).map(async ([name, check]) => [name, await stateOf(check)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function stateOf(check: () => Promise<unknown>): Promise<'ok' | 'down'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
  });
  try {
    await Promise.race([check(), late]);
    return 'ok';
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}
