// The limits as a part of Yoga's own pipeline, which HTTP and WebSocket share: tokens where a document is read, its shape
// before it is validated, no introspection where that is off. The cost needs variables: see `context` in server.ts.
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ReadDocument } from './documents.js';
import { excessOf } from './limits.js';

export function useLimits(read: ReadDocument, introspection: boolean): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn((source) => read(String(source))),
    onValidate({ params, setResult, addValidationRule }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      const excess = excessOf(params.documentAST);
      if (excess) setResult([excess]);
    },
  };
}

/** Yoga's own cache of documents keeps a thousand of any size, and those that are none as well. */
export const NO_CACHE = { get: () => undefined, set: () => undefined };
