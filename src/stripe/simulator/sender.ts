// POSTs one webhook and says what the endpoint answered. Redirects are not followed, as Stripe does not.
import http from 'node:http';
import https from 'node:https';

export interface Sender {
  /** The endpoint's HTTP status. Rejects when it cannot be reached, or does not answer in time. */
  post(url: string, body: string, signature: string): Promise<number>;
  /** Ends what is under way (it rejects) and every kept connection. */
  close(): void;
}

/** A sender whose posts end after `timeoutMs` milliseconds. */
export function createSender(timeoutMs: number): Sender {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  const open = new Set<http.ClientRequest>();
  return {
    post: (url, body, signature) => post(open, agents, { url, body, signature, timeoutMs }),
    close() {
      for (const request of open) request.destroy(new Error('The simulator is shutting down'));
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Post {
  url: string;
  body: string;
  signature: string;
  timeoutMs: number;
}

type Agents = { http: http.Agent; https: https.Agent };

function post(
  open: Set<http.ClientRequest>,
  agents: Agents,
  { url, body, signature, timeoutMs }: Post,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const options = {
      method: 'POST',
      headers: headers(body, signature),
      agent: secure ? agents.https : agents.http,
    };
    const request = secure ? https.request(url, options) : http.request(url, options);
    open.add(request);
    const timer = setTimeout(() => request.destroy(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
    request.on('response', (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
      response.resume();
    });
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(timer);
      open.delete(request);
    });
    request.end(body);
  });
}

function headers(body: string, signature: string): http.OutgoingHttpHeaders {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    'stripe-signature': signature,
    accept: '*/*; q=0.5, application/xml',
  };
}
