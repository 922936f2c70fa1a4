// A POST must be JSON. Forms are what any web page may send anywhere without asking first, so they are refused before
// they are parsed. The body itself was read, up to its limit, in front of Yoga. And what a GET has as JSON must be JSON.
import { randomUUID } from 'node:crypto';
import { type FetchAPI, type GraphQLParams, isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { ServerContext } from './context.js';
import { badRequest } from './errors.js';

const JSON_TYPES = /^application\/(?:graphql\+)?json\s*(?:;|$)/i;

export function useJsonOnly(): Plugin<object, ServerContext> {
  return {
    onRequestParse({ request, url, serverContext, setRequestParser, endResponse, fetchAPI }) {
      if (request.method === 'GET') checkParameters(url.searchParams);
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

/** Where nothing that is accepted fits, Yoga answers a bare number, and leaves a subscription's stream open for ever. */
export function useNotAcceptable(): Plugin {
  return {
    onResultProcess({ acceptableMediaTypes, resultProcessor, setResultProcessor }) {
      if (resultProcessor) return;
      const types = [...new Set(acceptableMediaTypes)].join(', ');
      const refuse = async (result: unknown, { Response }: FetchAPI) => {
        if (isAsyncIterable(result)) await result[Symbol.asyncIterator]().return?.();
        return notAcceptable(types, Response);
      };
      setResultProcessor(refuse as never, 'application/json');
    },
  };
}

function notAcceptable(types: string, { json }: typeof Response): Response {
  const extensions = { code: 'BAD_USER_INPUT', requestId: randomUUID() };
  const errors = [{ message: `This is answered as ${types}: accept one of them.`, extensions }];
  return json({ errors }, { status: 406, headers: { accept: types } });
}

function parseBody(body: Buffer | undefined): GraphQLParams {
  const parsed = parseJson(body?.toString('utf8') ?? '', 'The body');
  // A list is refused by Yoga: one operation a request.
  if (typeof parsed === 'object' && parsed !== null) return parsed as GraphQLParams;
  throw badRequest('The body must be a JSON object with a query.');
}

/** Yoga would take a broken one for a fault of ours. @throws GraphQLError */
function checkParameters(parameters: URLSearchParams): void {
  for (const name of ['variables', 'extensions']) parseJson(parameters.get(name) || 'null', name);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${what} is no JSON.`);
  }
}
