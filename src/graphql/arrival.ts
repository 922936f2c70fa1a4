// What comes before an operation is read, on both transports: which document it names, whether its caller may ask once
// more, and how many values it brings. Over HTTP it finds out whose the request is as well.
import type { Plugin } from 'graphql-yoga';
import type { Identity } from '../payouts/viewer.js';
import type { Arrived, Identify, ServerContext } from './context.js';
import { invalidToken } from './errors.js';
import type { Admission } from './limits/admission.js';
import { documentOf, type KnownDocuments, type NamedRequest } from './limits/trusted-documents.js';
import { checkVariables } from './limits/variables.js';

export interface Caller {
  identity: Identity | null;
  address: string;
}

export interface OperationRequest extends NamedRequest {
  operationName?: unknown;
  variables?: unknown;
}

/**
 * Charges the operation to its caller. @returns the document's text; what is none is Yoga's to refuse
 * @throws GraphQLError with RATE_LIMITED, or for a document that may not run, or for too many values in its variables
 */
export type Receive = (request: OperationRequest, caller: Caller) => Promise<unknown>;

export function createReceive(admission: Admission, known: KnownDocuments): Receive {
  return async (request, caller) => {
    const named = namedBy(request, known);
    await admission.admit(caller, { query: named.query, operationName: request.operationName });
    if (named.error) throw named.error;
    checkVariables(request.variables);
    return named.query;
  };
}

/** What is refused is charged too. */
function namedBy(request: OperationRequest, known: KnownDocuments) {
  try {
    return { query: documentOf(request, known) };
  } catch (error) {
    return { error };
  }
}

/** What comes before an operation over HTTP. @throws GraphQLError with UNAUTHENTICATED, or as `Receive` does */
export type Arrive = (
  request: OperationRequest,
  authorization: string | null | undefined,
  address: string,
) => Promise<Arrived>;

export function createArrive(receive: Receive, identify: Identify, admission: Admission): Arrive {
  return async (request, authorization, address) => {
    const identity = await identify(authorization).catch(async (error: unknown) => {
      // A key set that does not answer is our trouble: the caller's token may be as good as ever.
      if ((error as { code?: unknown }).code !== 'INVALID_TOKEN') throw error;
      await admission.admitStranger(address);
      throw invalidToken();
    });
    return { identity, query: await receive(request, { identity, address }) };
  };
}

/** @param mask hides what is no business of the caller's, under the request's id */
export function useArrival(
  arrive: Arrive,
  mask: (error: unknown, requestId: string) => Error,
): Plugin<object, ServerContext> {
  return {
    onRequestParse: ({ request, url }) => ({
      // Yoga's parser of GET requests knows nothing of `documentId`.
      onRequestParseDone({ requestParserResult, setRequestParserResult }) {
        const documentId = request.method === 'GET' ? url.searchParams.get('documentId') : null;
        if (documentId) setRequestParserResult({ ...requestParserResult, documentId } as never);
      },
    }),
    async onParams({ request, params, setParams, context }) {
      const { address = '', arrived, requestId } = context;
      const authorization = request.headers.get('authorization');
      // Whoever came by the short way is charged once.
      const arriving = arrived ?? arrive(params, authorization, address);
      const { identity, query } = await arriving.catch((error: unknown) => {
        throw requestId ? mask(error, requestId) : error;
      });
      context.identity = identity;
      const { documentId: _, ...others } = params as typeof params & { documentId?: unknown };
      setParams({ ...others, query: query as string });
    },
  };
}
