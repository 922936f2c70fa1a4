// One request to the API, decoded: what routes read, faults match and idempotency compares.
import type { IncomingMessage } from 'node:http';
import type { Change, Core } from './core.js';
import type { FaultFacts } from './faults.js';
import { newId } from './ids.js';
import { canonical, decodeForm, readBody, type Tree } from './params.js';
import type { Params } from './reader.js';

export interface ApiCall extends FaultFacts {
  /** `req_…` */
  id: string;
  /** The bearer key, or null. */
  apiKey: string | null;
  /** `Stripe-Version`, or null. */
  version: string | null;
  /** `Stripe-Account`, or null. */
  account: string | null;
  tree: Tree;
  /** Equal for equal parameters. */
  fingerprint: string;
}

/** Executes a request that was found valid; what it throws is kept under the request's key. */
export type Work = (change: Change) => object;

/** What a handler has at hand. */
export interface HandlerInput {
  core: Core;
  params: Params;
  ids: Record<string, string>;
  /** The connected account that the request acts for, or null. */
  account: string | null;
  apiKey: string;
}

export interface ApiRoute {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Validates (what it throws is never kept under a key) and answers the work to execute. */
  handle: (input: HandlerInput) => Work;
  /** Whether it may act for a connected account. */
  connected?: boolean;
}

/** Reads and decodes a request. Throws 413 or 400 when it cannot be decoded. */
export async function readCall(req: IncomingMessage): Promise<ApiCall> {
  const url = new URL(req.url ?? '/', 'http://simulator');
  const method = req.method ?? 'GET';
  const body = await readBody(req);
  const tree = decodeForm(method === 'POST' ? body : url.search.slice(1));
  return {
    id: newId('req', 14),
    method,
    path: url.pathname,
    idempotencyKey: header(req, 'idempotency-key'),
    apiKey: apiKeyOf(header(req, 'authorization')),
    version: header(req, 'stripe-version'),
    account: header(req, 'stripe-account'),
    tree,
    fingerprint: canonical(tree),
    destination: textOf(tree, 'destination'),
    transferGroup: textOf(tree, 'transfer_group'),
  };
}

/** The header's value, or null when it was not sent. */
function header(req: IncomingMessage, name: string): string | null {
  const value = req.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function textOf(tree: Tree, name: string): string | null {
  const value = tree[name];
  return typeof value === 'string' ? value : null;
}

// Stripe takes the key as a bearer token or as the user name of basic authentication.
function apiKeyOf(authorization: string | null): string | null {
  const [scheme = '', token = ''] = (authorization ?? '').split(' ');
  if (token === '') return null;
  if (scheme.toLowerCase() === 'bearer') return token;
  if (scheme.toLowerCase() !== 'basic') return null;
  return Buffer.from(token, 'base64').toString('utf8').split(':')[0] || null;
}
