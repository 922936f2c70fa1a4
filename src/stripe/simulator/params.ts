// Decodes Stripe's form encoding (`metadata[payout_id]=x`, `created[gte]=1`, `expand[0]=a`, `expand[]=a`)
// into a tree of strings. Bounded in bytes, pairs and depth; trees have no prototype, so no name is special.
import type { IncomingMessage } from 'node:http';
import { ApiError, invalid } from './errors.js';

/** A decoded parameter: text, or names (array positions too) under which more stand. */
export type Value = string | Tree;
export interface Tree {
  [name: string]: Value;
}

const MAX_BODY_BYTES = 262_144;
const MAX_PAIRS = 1_000;
const MAX_DEPTH = 8;

/** Reads the whole body as text. Throws ApiError 413 over 256 KiB. */
export async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): ApiError {
  const message = `Request body is larger than ${MAX_BODY_BYTES} bytes.`;
  return new ApiError({
    status: 413,
    type: 'invalid_request_error',
    message,
    headers: { connection: 'close' },
  });
}

/** Decodes a query or a form body. Throws ApiError 400 when names contradict each other or go too deep. */
export function decodeForm(text: string): Tree {
  const tree = emptyTree();
  let pairs = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    pairs += 1;
    if (pairs > MAX_PAIRS) throw invalid(`Too many parameters: at most ${MAX_PAIRS} are read.`);
    place(tree, segments(name), value, name);
  }
  return tree;
}

/** A text that is equal for equal parameters, whatever their order. */
export function canonical(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const parts = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? '')}`);
  return `{${parts.join(',')}}`;
}

function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

function segments(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0) return [name];
  if (!/^(\[[^[\]]*\])+$/.test(name.slice(open))) throw invalid(`Invalid parameter name: ${name}`);
  return [name.slice(0, open), ...name.slice(open + 1, -1).split('][')];
}

function place(tree: Tree, path: string[], value: string, name: string): void {
  if (path.length > MAX_DEPTH) throw invalid(`Parameters are nested too deeply: ${name}`);
  let node = tree;
  for (const segment of path.slice(0, -1)) node = descend(node, position(node, segment), name);
  const last = position(node, path.at(-1) ?? '');
  if (last in node) throw invalid(`Parameter given more than once: ${name}`, undefined, name);
  node[last] = value;
}

// `a[]=x` appends: it takes the next position.
function position(node: Tree, segment: string): string {
  return segment === '' ? String(Object.keys(node).length) : segment;
}

function descend(node: Tree, segment: string, name: string): Tree {
  node[segment] ??= emptyTree();
  const next = node[segment];
  if (typeof next === 'string')
    throw invalid(`Parameter is both a value and a hash: ${name}`, undefined, name);
  return next;
}
