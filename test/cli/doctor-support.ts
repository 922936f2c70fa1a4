// What the doctor's tests share: settings that are well, servers that answer as they are told, and what is sick.
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { assertReady, readConfig } from '../../src/config.js';

/** Nobody listens there. */
export const NOWHERE = '127.0.0.1:2';

export const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://127.0.0.1:9/x',
  REDIS_URL: 'redis://127.0.0.1:9',
  STRIPE_SECRET_KEY: 'sk_live_x',
  STRIPE_WEBHOOK_SECRET: 'whsec_a',
  STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_b',
  PUBLIC_URL: 'https://pay.example',
  DASHBOARD_LOGIN_URL: 'https://app.example/sign-in',
  TRUST_PROXY: '1',
  PAYOUT_APPROVAL_ABOVE_CENTS: '50000',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/x',
  JWT_ISSUER: 'i',
  JWT_AUDIENCE: 'a',
  JWT_SECRET: 'q8Zr1vT4mK0xW7bJ3nP6sD9fG2hL5yC=',
};

export const configOf = (environment: Record<string, string>) => assertReady(readConfig(environment));

/** `error stripe-key`, without those that are well. */
export const sick = (findings: readonly Finding[]) =>
  findings.filter(({ status }) => status !== 'ok').map(({ status, check }) => `${status} ${check}`);

/** As Stripe says it. */
const UNKNOWN = { error: { type: 'invalid_request_error', message: 'Unrecognized request URL.' } };

export type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;

/**
 * A server that answers by path, by method and path, or by path and connected account; what it does not know is 404.
 * @param ends what ends it is put there
 * @param sees is given the server before it listens
 */
export async function serveAt(
  answers: Answers,
  ends: (() => unknown)[],
  sees: (server: http.Server) => void = () => undefined,
): Promise<string> {
  const server = http.createServer(({ method, url = '', headers }, response) => {
    const [asked = ''] = url.split('?');
    const names = [`${asked} of ${headers['stripe-account']}`, `${method} ${asked}`, asked];
    const answer = names.map((name) => answers[name]).find((known) => known);
    const [status, body] = answer ?? [404, UNKNOWN];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  sees(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** In front of a Postgres: it swallows what listeners are told, as a pooler does that lends connections by the transaction. */
export async function deafPooler(target: string, ends: (() => unknown)[]): Promise<string> {
  const { hostname, port } = new URL(target);
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    let rest = Buffer.alloc(0);
    far.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      // A message is a letter, and its length without that letter. A is what a listener is told.
      while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
        const size = rest.readInt32BE(1) + 1;
        if (rest.toString('latin1', 0, 1) !== 'A') near.write(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
    });
    near.pipe(far);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return url.href;
}
