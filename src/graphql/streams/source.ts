// What a subscription's field hands out: not the entries themselves but which ones are wanted, so that those who want the
// same can be served together. Read by itself it yields the entries.
import type { Subscription } from '../../live/interest.js';
import type { LogEntry } from '../../live/log.js';
import type { Relay } from '../../live/relay.js';

export class LiveSource implements AsyncIterable<LogEntry> {
  readonly wanted: Subscription;
  readonly relay: Relay;

  constructor(relay: Relay, wanted: Subscription) {
    this.relay = relay;
    this.wanted = wanted;
  }

  [Symbol.asyncIterator](): AsyncIterator<LogEntry> {
    return this.relay.subscribe(this.wanted);
  }
}
