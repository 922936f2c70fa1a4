// Slack's and PagerDuty's endpoints, as they answer: real HTTP servers that refuse what the real ones would refuse, keep
// what they were told, and fail when a test says so.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { watch } from '../support/canary.js';

const SlackMessage = z.object({
  text: z.string().min(1).max(40_000),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.object({
          type: z.literal('header'),
          text: z.object({
            type: z.literal('plain_text'),
            text: z.string().min(1).max(150),
            emoji: z.boolean(),
          }),
        }),
        z.object({
          type: z.literal('section'),
          text: z.object({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3_000) }),
        }),
        z.object({
          type: z.literal('context'),
          elements: z
            .array(z.object({ type: z.literal('mrkdwn'), text: z.string().min(1) }))
            .min(1)
            .max(10),
        }),
      ]),
    )
    .min(1)
    .max(50),
});

const PagerDutyEvent = z.discriminatedUnion('event_action', [
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('trigger'),
    dedup_key: z.string().min(1).max(255),
    client: z.string(),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: z.string(),
      group: z.string(),
      class: z.string(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
  }),
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.enum(['acknowledge', 'resolve']),
    dedup_key: z.string().min(1).max(255),
  }),
]);

export type Message = z.infer<typeof SlackMessage>;
export type Event = z.infer<typeof PagerDutyEvent>;

/** What the next request gets in place of an answer. `hang`: none at all, until the endpoint is closed. */
export interface Failure {
  status?: number;
  headers?: Record<string, string>;
  hang?: boolean;
  /** It is heard all the same, as where only the answer is lost. */
  heard?: boolean;
}

export interface Endpoint<T> {
  url: string;
  /** What it has taken, oldest first. */
  taken: T[];
  /** How many requests came, whatever became of them. */
  requests: number;
  /** For each of the next requests, one. */
  failures: Failure[];
  /** Set: every request fails so, until it is unset. */
  down: Failure | null;
  close(): Promise<void>;
}

export const ROUTING_KEY = 'r0ut1ngkey0fthetests000000000000';

export const startSlack = (): Promise<Endpoint<Message>> =>
  start('/services/T000/B000/canary-of-the-webhook', (body) => SlackMessage.parse(body), 200);

export const startPagerDuty = (): Promise<Endpoint<Event>> =>
  start('/v2/enqueue', (body) => PagerDutyEvent.parse(body), 202);

async function start<T>(path: string, parse: (body: unknown) => T, ok: number): Promise<Endpoint<T>> {
  const take = (request: IncomingMessage, body: unknown): number => {
    if (request.method !== 'POST' || request.url !== path) return 404;
    const message = safely(() => parse(body));
    if (message) endpoint.taken.push(message);
    return message ? ok : 400;
  };
  /** @returns the status, or null for no answer at all */
  const answer = (request: IncomingMessage, body: unknown, failure: Failure | null): number | null => {
    const status = failure === null || failure.heard ? take(request, body) : 500;
    if (failure?.hang) return null;
    return failure?.status ?? (failure ? 500 : status);
  };
  const server = createServer(async (request, response) => {
    endpoint.requests++;
    const body = await bodyOf(request);
    const failure = endpoint.failures.shift() ?? endpoint.down;
    const status = answer(request, body, failure);
    if (status !== null) response.writeHead(status, failure?.headers).end('words of the endpoint');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that forgets it does not keep its process.
  server.unref();
  const endpoint: Endpoint<T> = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    taken: [],
    requests: 0,
    failures: [],
    down: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return endpoint;
}

function safely<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  watch('told', text);
  return JSON.parse(text);
}
