// /graphql: reads the body, up to its limit, and leaves the rest to the GraphQL server.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressOf } from './address.js';
import { readBody, TooLargeError } from './body.js';
import { createShare } from './guard.js';
import { type Route, sendJson } from './server.js';

/** What the route knows of a request. */
interface Arrival {
  body?: Buffer;
  address: string;
}

export interface GraphQLRouteDeps {
  path: string;
  serve(request: IncomingMessage, response: ServerResponse, arrival: Arrival): unknown;
  addressOf: AddressOf;
  /** Pages of these origins may call from a browser. */
  corsOrigins: readonly string[];
}

const METHODS = 'GET, POST, OPTIONS';

/** 500 rows of a bulk mutation fit. */
const LARGEST_BODY = 256 * 1024;

export function graphqlRoute({ path, serve, addressOf, corsOrigins }: GraphQLRouteDeps): Route {
  const share = createShare(corsOrigins);
  return {
    method: 'ANY',
    path,
    async handle(request, response) {
      share(request, response);
      if (request.method === 'OPTIONS') return response.writeHead(204, { allow: METHODS }).end();
      const address = addressOf(request);
      if (request.method !== 'POST') return serve(request, response, { address });
      const body = await readBody(request, LARGEST_BODY).catch((error: unknown) => {
        if (error instanceof TooLargeError) return null;
        throw error;
      });
      return body ? serve(request, response, { body, address }) : refuse(response);
    },
  };
}

function refuse(response: ServerResponse): void {
  const extensions = { code: 'BAD_USER_INPUT', requestId: randomUUID() };
  const message = `The body may have ${LARGEST_BODY / 1024} kB at most.`;
  // What still comes is not read.
  response.setHeader('connection', 'close');
  sendJson(response, 413, { errors: [{ message, extensions }] });
}
