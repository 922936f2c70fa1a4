// What a request over HTTP says: read before Yoga would, and by stricter rules. A POST must be JSON in UTF-8, and one
// operation. Forms are what any web page may send anywhere without asking first, so they are refused before they are
// parsed. What is refused here is charged to its address: nobody knows yet whose it is.
import { isUtf8 } from 'node:buffer';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { ServerContext } from './context.js';
import { badRequest } from './errors.js';
import type { Admission } from './limits/admission.js';

type Read = (request: Request) => unknown;

export function useRequestBody({ admitStranger }: Admission): Plugin<object, ServerContext> {
  return {
    onRequestParse({ request, url, serverContext, requestParser, setRequestParser }) {
      const { address = '' } = serverContext;
      const read: Read | undefined =
        request.method === 'POST'
          ? () => readPost(request.headers, serverContext)
          : requestParser && readGet(requestParser, url);
      // Another method: Yoga refuses it.
      if (!read) return admitStranger(address);
      setRequestParser(async () => {
        try {
          return oneOperation(await read(request));
        } catch (error) {
          await admitStranger(address);
          throw error;
        }
      });
    },
  };
}

/** Yoga would take broken JSON for a fault of ours. */
function readGet(read: Read, { searchParams }: URL): Read {
  return (request) => {
    for (const name of ['variables', 'extensions']) {
      parseJson(Buffer.from(searchParams.get(name) || 'null'), name);
    }
    return read(request);
  };
}

function readPost(headers: Headers, { body, largestBody }: ServerContext): unknown {
  const type = headers.get('content-type') ?? '';
  if (!JSON_TYPES.test(type)) throw badRequest('Send the operation as application/json.', 415);
  if (!isPlain(type, headers.get('content-encoding'))) {
    throw badRequest('Send the operation in UTF-8, and not compressed.', 415);
  }
  if (largestBody) throw badRequest(`The body may have ${largestBody / 1024} kB at most.`, 413);
  return parseJson(body ?? Buffer.alloc(0));
}

const JSON_TYPES = /^application\/(?:graphql\+)?json\s*(?:;|$)/i;
const OTHER_LETTERS = /;\s*charset\s*=\s*(?!"?utf-?8"?\s*(?:;|$))/i;

const isPlain = (type: string, encoding: string | null) =>
  !OTHER_LETTERS.test(type) && (encoding === null || /^identity$/i.test(encoding));

/** @throws GraphQLError with BAD_USER_INPUT for what is no JSON in UTF-8 */
export function parseJson(body: Buffer, what = 'The body'): unknown {
  // What is no letter would be read as U+FFFD, and two different texts as the same one.
  if (!isUtf8(body)) throw badRequest(`${what} is not in UTF-8.`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw badRequest(`${what} is no JSON.`);
  }
}

function oneOperation(parsed: unknown): GraphQLParams {
  if (Array.isArray(parsed)) throw badRequest('One operation a request: send an object, and no list.');
  if (typeof parsed === 'object' && parsed !== null) return parsed as GraphQLParams;
  throw badRequest('The body must be a JSON object with a query.');
}
