// The floor: the two lists as one would write them by hand for nothing else, with node:http, pg and JSON.stringify, and
// a token that jose checks at each request. It has no schema, no filters, no limits and no masking.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import pg from 'pg';
import { ISSUER } from './token.js';

interface Settings {
  databaseUrl: string;
  jwtSecret: string;
  poolSize: number;
}

// biome-ignore lint/style/noProcessEnv: the process that starts this one hands its settings in here
const settings = JSON.parse(process.env['FLOOR'] ?? '') as Settings;
const secret = new TextEncoder().encode(settings.jwtSecret);
const expected = { algorithms: ['HS256'], issuer: ISSUER, audience: ISSUER };
const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });

/** As RFC 3339, so that nothing is left to do in this process. */
const moment = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const FAILED = {
  name: 'failed',
  text: `SELECT p.id, p.amount_cents AS "amountCents", p.currency, p.status, p.failed_reason AS "failedReason",
      p.failure_code AS "failureCode", p.retry_count AS "retryCount", ${moment('p.next_attempt_at')} AS "nextAttemptAt",
      ${moment('p.created_at')} AS "createdAt", c.id AS "creatorId", c.display_name AS "displayName"
    FROM payouts p JOIN creators c ON c.id = p.creator_id
    WHERE p.status = 'FAILED' ORDER BY p.created_at DESC, p.id DESC LIMIT $1`,
};

const MINE = {
  name: 'mine',
  text: `SELECT id, amount_cents AS "amountCents", currency, status, ${moment('processed_at')} AS "processedAt",
      ${moment('created_at')} AS "createdAt"
    FROM payouts WHERE creator_id = $2 ORDER BY created_at DESC, id DESC LIMIT $1`,
};

interface Claims {
  role?: string;
  creator_id?: string;
}

async function claimsOf(authorization = ''): Promise<Claims> {
  const { payload } = await jwtVerify<Claims>(authorization.replace('Bearer ', ''), secret, expected);
  return payload;
}

async function failed({ role }: Claims): Promise<unknown> {
  if (role !== 'ADMIN') return null;
  const { rows } = await pool.query({ ...FAILED, values: [51] });
  return pageOf(rows, 50, ({ creatorId, displayName, ...payout }) => ({
    ...payout,
    creator: { id: creatorId, displayName },
  }));
}

async function mine({ role, creator_id }: Claims): Promise<unknown> {
  if (role !== 'CREATOR') return null;
  const { rows } = await pool.query({ ...MINE, values: [21, creator_id] });
  return pageOf(rows, 20, (payout) => payout);
}

type Row = Record<string, unknown>;

function pageOf(rows: Row[], size: number, toNode: (row: Row) => Row) {
  const nodes = rows.slice(0, size).map(toNode);
  const last = nodes.at(-1);
  const cursor = Buffer.from(JSON.stringify([last?.['createdAt'], last?.['id']])).toString('base64url');
  return { nodes, pageInfo: { hasNextPage: rows.length > size, endCursor: cursor } };
}

const LISTS: Record<string, (claims: Claims) => Promise<unknown>> = { '/failed': failed, '/mine': mine };

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const claims = await claimsOf(request.headers.authorization);
  const data = await LISTS[request.url ?? '']?.(claims);
  const body = JSON.stringify({ data });
  response.writeHead(data ? 200 : 403, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(500).end());
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
});
