// What the simulator was asked: the last requests in full, and counters over all of them since the start.
// In memory only, for it is evidence about this run.
import type { RequestCounters, RequestEntry } from './types.js';

const KEPT = 2_000;
const WINDOW_MS = 1_000;

export class RequestLog {
  #entries: RequestEntry[] = [];
  #counters: RequestCounters = empty();
  #recent = new Map<string, number[]>();

  /** Records an arrival; answers how many requests the endpoint saw within the last second, this one included. */
  arrive(entry: RequestEntry, hostMs: number): number {
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
    const endpoint = endpointOf(entry);
    this.#counters.total += 1;
    bump(this.#counters.byEndpoint, endpoint);
    const rate = this.#rate(endpoint, hostMs);
    this.#counters.peakPerSecond[endpoint] = Math.max(rate, this.#counters.peakPerSecond[endpoint] ?? 0);
    return rate;
  }

  /** Records what the request was answered. */
  answer(entry: RequestEntry, status: number, code: string | null): void {
    entry.status = status;
    entry.code = code;
    bump(this.#counters.byStatus, String(status));
  }

  /** Oldest first, at most the last 2000. */
  entries(): RequestEntry[] {
    return this.#entries;
  }

  counters(): RequestCounters {
    return this.#counters;
  }

  clear(): void {
    this.#entries = [];
    this.#counters = empty();
    this.#recent = new Map();
  }

  #rate(endpoint: string, hostMs: number): number {
    const times = this.#recent.get(endpoint) ?? [];
    while (times.length > 0 && (times[0] ?? 0) <= hostMs - WINDOW_MS) times.shift();
    times.push(hostMs);
    this.#recent.set(endpoint, times);
    return times.length;
  }
}

function empty(): RequestCounters {
  return { total: 0, byEndpoint: {}, byStatus: {}, peakPerSecond: {} };
}

// `/v1/transfers/tr_1/reversals` counts as `/v1/transfers`: ids would make the counters grow for ever.
function endpointOf(entry: RequestEntry): string {
  return `${entry.method} ${entry.path.split('/').slice(0, 3).join('/')}`;
}

function bump(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
