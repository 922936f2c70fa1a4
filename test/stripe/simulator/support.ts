// A simulator on a free port with the official SDK, the control client and a webhook receiver, all ended
// after the test that asked for them.
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import { SimulatorClient } from '../../../src/stripe/simulator/client.js';
import { startSimulator } from '../../../src/stripe/simulator/server.js';
import type { Simulator, SimulatorOptions } from '../../../src/stripe/simulator/types.js';

export const API_KEY = 'sk_test_simulator';
export const PLATFORM_SECRET = 'whsec_platform';
export const CONNECT_SECRET = 'whsec_connect';

export interface World {
  simulator: Simulator;
  stripe: Stripe;
  control: SimulatorClient;
}

/** Starts a simulator that the test's end closes. */
export async function world(options: Partial<SimulatorOptions> = {}): Promise<World> {
  const secrets = { platformSecret: PLATFORM_SECRET, connectSecret: CONNECT_SECRET };
  const simulator = await startSimulator({ port: 0, ...secrets, webhookRetryDelaysMs: [5, 10], ...options });
  onTestFinished(() => simulator.close());
  return { simulator, stripe: sdk(simulator), control: new SimulatorClient(simulator.url) };
}

/** The official SDK as the service sets it up, its own retries off. */
export function sdk(simulator: Simulator, key = API_KEY, timeout = 2_000): Stripe {
  const { port } = simulator;
  const address = { host: '127.0.0.1', port, protocol: 'http' } as const;
  return new Stripe(key, { ...address, maxNetworkRetries: 0, timeout, telemetry: false });
}

/** The world with one account that is ready for transfers. */
export async function readyWorld(
  options: Partial<SimulatorOptions> = {},
): Promise<World & { destination: string }> {
  const made = await world(options);
  const { id } = await made.control.createAccount({ id: 'acct_ready', transfers: 'active' });
  return { ...made, destination: id };
}

export interface Received {
  event: Stripe.Event;
  body: string;
  signature: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What the endpoint answers from now on. */
  status: number;
  /** Resolves once so many webhooks have come. */
  until(count: number): Promise<Received[]>;
  /** Called with each webhook before it is answered. */
  onReceive: (received: Received) => void | Promise<void>;
}

/** A webhook endpoint that the test's end closes. */
export async function receiver(): Promise<Receiver> {
  const waiting: { count: number; resolve: (all: Received[]) => void }[] = [];
  const server = http.createServer((req, res) => void receive(req, res));
  const endpoint: Receiver = {
    url: '',
    received: [],
    status: 200,
    until: (count) =>
      new Promise((resolve) => {
        if (endpoint.received.length >= count) resolve(endpoint.received);
        else waiting.push({ count, resolve });
      }),
    onReceive: () => {},
  };
  async function receive(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    const signature = String(req.headers['stripe-signature']);
    const received = { event: JSON.parse(body) as Stripe.Event, body, signature };
    endpoint.received.push(received);
    await endpoint.onReceive(received);
    res.writeHead(endpoint.status).end();
    for (const { count, resolve } of waiting)
      if (endpoint.received.length >= count) resolve(endpoint.received);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return endpoint;
}

/** A directory that the test's end removes. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'simulator-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The Stripe error that the promise rejects with; fails when it resolves. */
export async function refused(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('Expected Stripe to refuse, but it answered');
}

/** Resolves once the simulator holds so many requests. */
export async function held(control: SimulatorClient, count: number): Promise<void> {
  while ((await control.state()).heldRequests < count) await new Promise(setImmediate);
}
