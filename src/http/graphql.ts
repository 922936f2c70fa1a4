// /graphql: reads the body, up to its limit, and leaves the rest to the GraphQL server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressOf } from './address.js';
import { readBody, TooLargeError } from './body.js';
import { createShare } from './guard.js';
import type { Route } from './server.js';
import { requestIdOf } from './visit.js';

/** What the route knows of a request. */
interface Arrival {
  body?: Buffer;
  /** In its place where it has more bytes than this. */
  largestBody?: number;
  address: string;
  requestId: string;
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
      const known = { address: addressOf(request), requestId: requestIdOf(response) };
      if (request.method !== 'POST') return serve(request, response, known);
      const body = await readBody(request, LARGEST_BODY).catch((error: unknown) => {
        if (error instanceof TooLargeError) return null;
        throw error;
      });
      if (body) return serve(request, response, { body, ...known });
      // What still comes is not read.
      response.setHeader('connection', 'close');
      return serve(request, response, { largestBody: LARGEST_BODY, ...known });
    },
  };
}
