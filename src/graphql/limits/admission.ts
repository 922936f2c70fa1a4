// Who may ask once more: before an operation is validated, let alone run, it is charged to its caller. Mutations and
// everything else are counted apart, and whatever cannot be read counts as a query.
import { getOperationAST } from 'graphql';
import type { Identity } from '../../payouts/viewer.js';
import { rateLimited } from '../errors.js';
import type { ReadDocument } from './documents.js';
import { LIMITS } from './limits.js';
import { shapeOf } from './shape.js';

export type OperationKind = 'query' | 'mutation';

/**
 * Takes `points` of what the caller has left.
 * @returns 0, or how many seconds to wait: nothing is left
 */
export type TakePoints = (caller: string, kind: OperationKind, points: number) => Promise<number>;

export interface AdmissionRequest {
  query?: unknown;
  operationName?: unknown;
}

/** Somebody without a token is an address. */
interface Caller {
  identity: Identity | null;
  address: string;
}

export interface Admission {
  /** @throws GraphQLError with RATE_LIMITED */
  admit(caller: Caller, request: AdmissionRequest): Promise<void>;
  /** Somebody whose token does not hold. @throws GraphQLError with RATE_LIMITED */
  admitStranger(address: string): Promise<void>;
  /** Somebody who signs in at a socket, or again: as often as it may query, but counted apart. @throws GraphQLError with RATE_LIMITED */
  admitSignIn(identity: Identity): Promise<void>;
}

export function createAdmission(take: TakePoints, read: ReadDocument): Admission {
  const charge = async (caller: string, kind: OperationKind, points: number) => {
    const seconds = await take(caller, kind, points);
    if (seconds > 0) throw rateLimited(seconds);
  };
  return {
    admit({ identity, address }, request) {
      const { kind, points } = chargeOf(request, read);
      return charge(identity ? `user:${identity.viewer.sub}` : `address:${address}`, kind, points);
    },
    admitStranger: (address) => charge(`address:${address}`, 'query', 1),
    admitSignIn: ({ viewer }) => charge(`sign-in:${viewer.sub}`, 'query', 1),
  };
}

interface Charge {
  kind: OperationKind;
  points: number;
}

const ONE_QUERY: Charge = { kind: 'query', points: 1 };

/** Several mutations in one operation are several: aliases must not multiply what one may do in a minute. */
function chargeOf({ query, operationName }: AdmissionRequest, read: ReadDocument): Charge {
  if (typeof query !== 'string') return ONE_QUERY;
  try {
    const document = read(query);
    const name = typeof operationName === 'string' ? operationName : null;
    if (getOperationAST(document, name)?.operation !== 'mutation') return ONE_QUERY;
    const { rootFields } = shapeOf(document);
    return { kind: 'mutation', points: rootFields > LIMITS.rootFields ? 1 : Math.max(1, rootFields) };
  } catch {
    return ONE_QUERY;
  }
}
