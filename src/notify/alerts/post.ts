// Posts JSON to a service outside and says what its answer means: taken, later, or never. Nothing of the address, of
// what was sent or of the answer's words is handed on: all of them may hold a secret.
import { checkpoint } from '../../observability/checkpoints.js';
import { type Outcome, TELL_MS } from './channel.js';

/** Statuses below 500 that pass by themselves. */
const PASSING = new Set([408, 425, 429]);

/** Does not throw. */
export async function post(url: string, body: object, timeoutMs = TELL_MS): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // An alert goes where it was configured to go and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    checkpoint('alerts.after_send');
    return outcomeOf(response);
  } catch (error) {
    return { kind: 'later', why: reasonOf(error) };
  }
}

function outcomeOf({ ok, status, headers }: Response): Outcome {
  const why = `HTTP ${status}`;
  if (ok) return { kind: 'sent' };
  if (status < 500 && !PASSING.has(status)) return { kind: 'refused', why };
  const afterMs = retryAfterMs(headers.get('retry-after'));
  return { kind: 'later', why, ...(afterMs !== undefined && { afterMs }) };
}

/** Seconds, or a date. */
function retryAfterMs(text: string | null): number | undefined {
  if (!text) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** The kind of failure alone: its text names the host. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
