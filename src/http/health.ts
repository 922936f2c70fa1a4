// GET /health/live and /health/ready: whether the process runs, whether it can do its work, and what piles up.
import { type Backlog, isBehind } from './backlog.js';
import { type Route, sendJson } from './server.js';

/** Each dependency by its name; one that rejects is down. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

export interface HealthOptions {
  /** An instance without one of these is not ready: 503. */
  needed: Checks;
  /**
   * An instance works without these as well, only worse. All instances share them, so that one that is down must not take
   * every instance out of service: 200, and the body says so.
   */
  helpful?: Checks;
  /** Told, and never a reason to be out of service: an instance that answers no more applies no event sooner. */
  backlog?: () => Promise<Backlog>;
  /** It was asked to end, and waits until nobody sends it anything any more: not ready, whatever else. */
  ends?: () => boolean;
  /** Milliseconds that a dependency may take to answer; 2,000 unless told. */
  patienceMs?: number;
}

const PATIENCE_MS = 2_000;

export function healthRoutes(options: HealthOptions): Route[] {
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
        if (options.ends?.()) return sendJson(response, 503, { status: 'stopping' });
        const { status, ...told } = await readiness(options);
        sendJson(response, status === 'unavailable' ? 503 : 200, { status, ...told });
      },
    },
  ];
}

async function readiness({ needed, helpful = {}, backlog, patienceMs = PATIENCE_MS }: HealthOptions) {
  const [needs, helps, piles] = await Promise.all([
    statesOf(needed, patienceMs),
    statesOf(helpful, patienceMs),
    backlog?.(),
  ]);
  const well = isUp(helps) && !(piles && isBehind(piles));
  const status = !isUp(needs) ? 'unavailable' : well ? 'ok' : 'degraded';
  return { status, checks: { ...needs, ...helps }, ...(piles && { backlog: piles }) };
}

type States = Readonly<Record<string, 'ok' | 'down'>>;

const isUp = (states: States) => Object.values(states).every((state) => state === 'ok');

async function statesOf(checks: Checks, patienceMs: number): Promise<States> {
  const entries = Object.entries(checks).map(
    async ([name, check]) => [name, await stateOf(check, patienceMs)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function stateOf(check: () => Promise<unknown>, patienceMs: number): Promise<'ok' | 'down'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), patienceMs);
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
