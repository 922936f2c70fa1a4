// Where nothing that is accepted fits the answer: 406, with what would.
import { randomUUID } from 'node:crypto';
import { type FetchAPI, isAsyncIterable, type Plugin } from 'graphql-yoga';

/** Yoga answers a bare number, and leaves a subscription's stream open for ever. */
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
