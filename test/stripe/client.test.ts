// The client that speaks to Stripe: one call is one request, and it ends at the time-out whatever the connection does.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TransferRequest } from '../../src/payouts/ports.js';
import { createStripe } from '../../src/stripe/client.js';
import { createTransferGateway } from '../../src/stripe/transfers.js';

let server: http.Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const TIMEOUT_MS = 1_500;

/** A gateway to a server in Stripe's place, and how many requests that has had. */
async function gatewayTo(answer: (response: http.ServerResponse, nth: number) => void) {
  const had = { requests: 0 };
  const listening = http.createServer((request, response) => {
    request.resume().on('end', () => answer(response, ++had.requests));
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const stripe = createStripe({ secretKey: 'sk_test_client', apiUrl, timeoutMs: TIMEOUT_MS });
  return { gateway: createTransferGateway(stripe), had };
}

const REQUEST: TransferRequest = {
  payoutId: 'p1',
  idempotencyKey: 'payout_p1_1',
  amountCents: 500,
  currency: 'usd',
  destination: 'acct_1',
};

const TRANSFER = JSON.stringify({
  id: 'tr_1',
  object: 'transfer',
  amount: 500,
  amount_reversed: 0,
  currency: 'usd',
  destination: 'acct_1',
  transfer_group: 'payout_p1',
  metadata: { payout_id: 'p1', idempotency_key: 'payout_p1_1' },
});

const JSON_TYPE = { 'content-type': 'application/json' };

/** Lets the answer come in a byte at a time, never still for long, until it is there after three time-outs. */
function trickle(response: http.ServerResponse, body: string): void {
  response.writeHead(200, JSON_TYPE);
  const startedAt = performance.now();
  const drip = setInterval(() => {
    if (performance.now() - startedAt < 3 * TIMEOUT_MS) response.write(' ');
    else response.end(body);
  }, TIMEOUT_MS / 15);
  response.on('close', () => clearInterval(drip));
}

describe('a body that trickles in', () => {
  it('ends at the time-out, and nobody knows what became of the transfer', async () => {
    const { gateway, had } = await gatewayTo((response) => trickle(response, TRANSFER));
    expect(await gateway.create(REQUEST)).toMatchObject({ kind: 'unknown' });
    expect(had.requests).toBe(1);
  });

  it('ends a look at the time-out too, and proves nothing', async () => {
    const { gateway } = await gatewayTo((response) => trickle(response, '{"object":"list","data":[]}'));
    await expect(gateway.findByPayout('p1')).rejects.toThrow();
  });
});

describe('a connection that is cut', () => {
  const cut = (response: http.ServerResponse) => response.socket?.destroy();

  it('is one request, never two', async () => {
    const { gateway, had } = await gatewayTo(cut);
    expect(await gateway.create(REQUEST)).toMatchObject({ kind: 'unknown' });
    expect(had.requests).toBe(1);
  });

  it('is one request also where it carried another one before', async () => {
    const { gateway, had } = await gatewayTo((response, nth) => {
      if (nth === 1) response.writeHead(200, JSON_TYPE).end(TRANSFER);
      else cut(response);
    });
    expect(await gateway.create(REQUEST)).toMatchObject({ kind: 'succeeded' });
    expect(await gateway.create(REQUEST)).toMatchObject({ kind: 'unknown' });
    expect(had.requests).toBe(2);
  });

  it('is one request of a look, which proves nothing', async () => {
    const { gateway, had } = await gatewayTo(cut);
    await expect(gateway.findByPayout('p1')).rejects.toThrow();
    expect(had.requests).toBe(1);
  });
});
