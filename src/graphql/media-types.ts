// A POST must be JSON. Forms are what any web page may send anywhere without asking first, so they are refused before
// they are parsed. The body itself was read, up to its limit, in front of Yoga.
import { randomUUID } from 'node:crypto';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { ServerContext } from './context.js';
import { badRequest } from './errors.js';

const JSON_TYPES = /^application\/(?:graphql\+)?json\s*(?:;|$)/i;

export function useJsonOnly(): Plugin<object, ServerContext> {
  return {
    onRequestParse({ request, serverContext, setRequestParser, endResponse, fetchAPI }) {
      if (request.method !== 'POST') return;
      if (JSON_TYPES.test(request.headers.get('content-type') ?? '')) {
        setRequestParser(() => parseBody(serverContext.body));
        return;
      }
      const extensions = { code: 'BAD_USER_INPUT', requestId: randomUUID() };
      const errors = [{ message: 'Send the operation as application/json.', extensions }];
      endResponse(fetchAPI.Response.json({ errors }, { status: 415 }));
    },
  };
}

function parseBody(body: Buffer | undefined): GraphQLParams {
  const parsed = parseJson(body?.toString('utf8') ?? '');
  // A list is refused by Yoga: one operation a request.
  if (typeof parsed === 'object' && parsed !== null) return parsed as GraphQLParams;
  throw badRequest('The body must be a JSON object with a query.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('The body is no JSON.');
  }
}
