// GET /health/live and /health/ready: whether the process runs, and whether it can do its work.
import { type Route, sendJson } from './server.js';

/** Each dependency by its name; one that rejects is down. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

/** Milliseconds that a dependency may take to answer. */
const PATIENCE_MS = 2_000;

/**
 * @param needed an instance without one of these is not ready: 503
 * @param helpful an instance works without these as well, only worse. All instances share them, so that one that is down
 * must not take every instance out of service: 200, and the body says so
 */
export function healthRoutes(needed: Checks, helpful: Checks = {}): Route[] {
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
        const [needs, helps] = await Promise.all([readiness(needed), readiness(helpful)]);
        const status = !isUp(needs) ? 'unavailable' : isUp(helps) ? 'ok' : 'degraded';
        sendJson(response, isUp(needs) ? 200 : 503, { status, checks: { ...needs, ...helps } });
      },
    },
  ];
}

type States = Readonly<Record<string, 'ok' | 'down'>>;

const isUp = (states: States) => Object.values(states).every((state) => state === 'ok');

async function readiness(checks: Checks): Promise<States> {
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
