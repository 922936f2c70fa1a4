// A POST must be JSON. Forms are what any web page may send anywhere without asking first, so they are refused before
// they are read.
import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';

const JSON_TYPES = /^application\/(?:graphql\+)?json\s*(?:;|$)/i;

export function useJsonOnly(): Plugin {
  return {
    onRequestParse({ request, endResponse, fetchAPI }) {
      if (request.method !== 'POST' || JSON_TYPES.test(request.headers.get('content-type') ?? '')) return;
      const extensions = { code: 'BAD_USER_INPUT', requestId: randomUUID() };
      const errors = [{ message: 'Send the operation as application/json.', extensions }];
      endResponse(fetchAPI.Response.json({ errors }, { status: 415 }));
    },
  };
}
