// The schema builder: plugins and scalars, no types. Each file under types/ adds its own; `schema.ts` gathers them.
import SchemaBuilder, { PothosValidationError } from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import ValidationPlugin from '@pothos/plugin-validation';
import type PrismaTypes from '../generated/pothos-types.js';
import { getDatamodel } from '../generated/pothos-types.js';
import type { Viewer } from '../payouts/viewer.js';
import ArgsAfterAuthPlugin from './args-after-auth.js';
import type { GraphQLContext } from './context.js';
import { forbidden, unauthenticated } from './errors.js';
import { costOfNodes, MOST_IDS, usualCost } from './limits/field-cost.js';
import { DateScalar, DateTimeScalar, JsonScalar, SafeIntScalar } from './scalars.js';
import { invalidInput, PAGE_SIZE } from './shapes.js';

/** No control characters: Postgres takes no NUL in a text, and no id of ours has any. */
const GLOBAL_ID = /^([A-Z]\w*):([^\p{Cc}]{1,255})$/u;

/** Pothos takes an id of a type that it does not know for a fault of ours. */
const NODE_TYPES: ReadonlySet<string> = new Set([
  'Alert',
  'BankPayout',
  'Creator',
  'Payout',
  'PayoutRun',
  'ReconciliationItem',
  'ReconciliationRun',
  'RoyaltyStatement',
  'WebhookEvent',
]);

function decodeGlobalID(globalID: string): { typename: string; id: string } {
  const [, typename, id] = GLOBAL_ID.exec(Buffer.from(globalID, 'base64').toString()) ?? [];
  if (!typename || !id || !NODE_TYPES.has(typename))
    throw new PothosValidationError('This is not an id of ours.');
  return { typename, id };
}

type SignedIn = GraphQLContext & { viewer: Viewer };
type Admin = GraphQLContext & { viewer: Viewer & { role: 'ADMIN' } };
type Creator = GraphQLContext & { viewer: Viewer & { role: 'CREATOR' } };

export const builder = new SchemaBuilder<{
  Context: GraphQLContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  AuthScopes: { signedIn: boolean; admin: boolean; creator: boolean };
  AuthContexts: { signedIn: SignedIn; admin: Admin; creator: Creator };
  Scalars: {
    ID: { Input: string; Output: string };
    /** Lists hand in the text that it becomes in the answer. */
    DateTime: { Input: Date; Output: Date | string };
    Date: { Input: string; Output: string | Date };
    SafeInt: { Input: number; Output: number };
    JSON: { Input: unknown; Output: unknown };
  };
}>({
  // The first is the outermost: an argument that cannot be meant is a typed result, for whom the field may answer at all.
  plugins: [
    ErrorsPlugin,
    ScopeAuthPlugin,
    ArgsAfterAuthPlugin,
    PrismaPlugin,
    RelayPlugin,
    ValidationPlugin,
    DataloaderPlugin,
    ComplexityPlugin,
  ],
  validation: { validationError: invalidInput },
  // Fields say here what they cost; limits/cost.ts adds it up, before the first resolver and its authorisation.
  complexity: { disabled: true, fieldComplexity: usualCost },
  defaultFieldNullability: false,
  errors: { defaultTypes: [] },
  prisma: {
    client: (context) => context.services.prisma,
    dmmf: getDatamodel(),
    onUnusedQuery: null,
  },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    decodeGlobalID,
    nodesOnConnection: { description: 'The rows of this page, without their edges.' },
    edgesFieldOptions: { nullable: false, description: 'The rows of this page, each with its cursor.' },
    nodeFieldOptions: { nullable: false, description: 'The row.' },
    nodeTypeOptions: { description: 'Anything that has an id of its own.' },
    idFieldOptions: { description: 'Opaque, unique over all types.' },
    nodeQueryOptions: {
      description: 'Anything by its id; null where it is absent or not yours: no difference.',
      args: { id: { description: 'Its id.' } },
      resolve: (_root, { id }, { viewer }, _info, load) => (viewer ? load(id) : null),
    },
    nodesQueryOptions: {
      description: `Several by their ids, at most ${MOST_IDS}, in the order asked for.`,
      complexity: costOfNodes,
      args: { ids: { description: 'Their ids.' } },
      resolve: (_root, { ids }, { viewer }, _info, load) => (viewer ? load(ids) : ids.map(() => null)),
    },
    pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
    hasNextPageFieldOptions: { description: 'There is more after this page.' },
    hasPreviousPageFieldOptions: { description: 'There is more before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first row.' },
    endCursorFieldOptions: { description: 'The cursor of the last row.' },
    cursorFieldOptions: { description: 'Give it as `after` or `before` to go on from here.' },
    pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
    firstArgOptions: {
      description: 'How many rows from the start, at most 100; 20 if neither is given.',
      validate: PAGE_SIZE,
    },
    afterArgOptions: { description: 'Go on after this cursor.' },
    lastArgOptions: { description: 'How many rows from the end, at most 100.', validate: PAGE_SIZE },
    beforeArgOptions: { description: 'Go back before this cursor.' },
  },
  scopeAuth: {
    // Before a subscription begins, rather than at each of its events.
    authorizeOnSubscribe: true,
    authScopes: ({ viewer }) => ({
      signedIn: viewer !== null,
      admin: viewer?.role === 'ADMIN',
      creator: viewer?.role === 'CREATOR',
    }),
    unauthorizedError: (_parent, { viewer }) => (viewer ? forbidden() : unauthenticated()),
  },
});

builder.addScalarType('DateTime', DateTimeScalar);
builder.addScalarType('Date', DateScalar);
builder.addScalarType('SafeInt', SafeIntScalar);
builder.addScalarType('JSON', JsonScalar);
