// What comes before an operation is read, on both transports: which document it names, and whether its caller may ask
// once more. Over HTTP it is a part of Yoga, which finds out whose the request is as well.
import type { Plugin } from 'graphql-yoga';
import type { Identify, Identity, ServerContext } from './context.js';
import { invalidToken } from './errors.js';
import type { Admission } from './limits/admission.js';
import { documentOf, type NamedRequest, type TrustedDocuments } from './limits/trusted-documents.js';

export interface Caller {
  identity: Identity | null;
  address: string;
}

interface OperationRequest extends NamedRequest {
  operationName?: unknown;
}

/**
 * Charges the operation to its caller. @returns the document's text; what is none is Yoga's to refuse
 * @throws GraphQLError with RATE_LIMITED, or for a document that may not run
 */
export type Receive = (request: OperationRequest, caller: Caller) => Promise<unknown>;

export function createReceive(admission: Admission, trusted: TrustedDocuments | null): Receive {
  return async (request, caller) => {
    const named = namedBy(request, trusted);
    await admission.admit(caller, { query: named.query, operationName: request.operationName });
    if (named.error) throw named.error;
    return named.query;
  };
}

/** What is refused is charged too. */
function namedBy(request: OperationRequest, trusted: TrustedDocuments | null) {
  try {
    return { query: documentOf(request, trusted) };
  } catch (error) {
    return { error };
  }
}

export function useArrival(
  receive: Receive,
  identify: Identify,
  admission: Admission,
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
      const { address = '' } = context;
      const identity = await identifyRequest(request, identify, () => admission.admitStranger(address));
      context.identity = identity;
      const { documentId: _, ...others } = params as typeof params & { documentId?: unknown };
      const query = await receive(params, { identity, address });
      setParams({ ...others, query: query as string });
    },
  };
}

async function identifyRequest(
  request: Request,
  identify: Identify,
  onInvalid: () => Promise<void>,
): Promise<Identity | null> {
  try {
    return await identify(request.headers.get('authorization'));
  } catch (error) {
    // A key set that does not answer is our trouble: the caller's token may be as good as ever.
    if ((error as { code?: unknown }).code !== 'INVALID_TOKEN') throw error;
    await onInvalid();
    throw invalidToken();
  }
}
