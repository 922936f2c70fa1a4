// GraphQL over HTTP: Yoga, with our context, our errors, our limits and GraphiQL in development.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from '../observability/logger.js';
import { creatorsGone } from '../payouts/creators/gone.js';
import type { Identity, Viewer } from '../payouts/viewer.js';
import { createArrive, createReceive, type Receive, useArrival } from './arrival.js';
import { createCompiledQueries } from './compiled.js';
import type { GraphQLContext, GraphQLServices, GraphQLSettings, Identify, ServerContext } from './context.js';
import { maskError } from './errors.js';
import { graphiqlFor, renderGraphiQL, useEditorPolicy } from './graphiql.js';
import { type Admission, createAdmission, type TakePoints } from './limits/admission.js';
import { createCheckCost } from './limits/cost.js';
import { createDocuments } from './limits/documents.js';
import { NO_CACHE, useLimits } from './limits/plugin.js';
import { knownDocuments, type TrustedDocuments } from './limits/trusted-documents.js';
import { createMask, useMasking } from './masking.js';
import { useNotAcceptable } from './not-acceptable.js';
import { createOperations, type Operations, type OperationsOptions } from './operations.js';
import { type AllowsOrigin, createAllowsOrigin } from './origins.js';
import { useRequestBody } from './request-body.js';
import { schema } from './schema.js';
import { createShortWay, type Params } from './short-way.js';
import { createGroups, type Groups } from './streams/groups.js';
import { createStreamLimits, type StreamLimits } from './streams/limits.js';
import { createStanding, type Standing } from './streams/standing.js';
import { createSubscribe, type Subscribe, useStreams } from './streams/subscribe.js';
import { useTracing } from './tracing.js';

export interface GraphQLOptions {
  services: GraphQLServices;
  settings: GraphQLSettings;
  identify: Identify;
  takePoints: TakePoints;
  /** Null: every document may run. */
  trustedDocuments: TrustedDocuments | null;
  /** May always be named by their hashes: what the dashboards ask. */
  ownDocuments?: TrustedDocuments;
  log: Logger;
  /** Is told of each operation. */
  observe?: OperationsOptions['observe'];
  /** Development only: the token that GraphiQL begins with, for a browser that signed in by a link. */
  graphiqlToken?: (request: Request) => Promise<string | null>;
}

/** Yoga, and what its sockets hold to as well. */
export type Yoga = YogaServerInstance<ServerContext, GraphQLContext> & {
  allowsOrigin: AllowsOrigin;
  maskError: (error: unknown, requestId?: string) => GraphQLError;
  receive: Receive;
  operations: Operations;
  admission: Admission;
  /** Answers a request over HTTP. */
  serve(request: IncomingMessage, response: ServerResponse, arrival: ServerContext): Promise<unknown>;
  /** Begins a subscription of a socket. */
  startStream: Subscribe;
  /** Open sockets and open subscriptions, each by user, and the groups that these are served in. */
  open: { sockets: StreamLimits; streams: StreamLimits; groups: Pick<Groups, 'size'> };
  /** Whether connected creators still are creators. */
  standing: Standing;
};

export function createGraphQL(options: GraphQLOptions): Yoga {
  const { settings, identify, log } = options;
  const read = createDocuments();
  const admission = createAdmission(options.takePoints, read);
  const known = knownDocuments(options.trustedDocuments, options.ownDocuments ?? new Map());
  const receive = createReceive(admission, known);
  const arrive = createArrive(receive, identify, admission);
  const compiled = createCompiledQueries(schema);
  const contextOf = createContext(options, read);
  const { trustedDocuments, observe = () => undefined } = options;
  const operations = createOperations({ read, trusted: trustedDocuments !== null, observe, log });
  const masking = { log, suggestions: !settings.production };
  const maskOne: Yoga['maskError'] = (error, requestId = randomUUID()) =>
    maskError(error, requestId, masking);
  const mask = createMask(masking);
  const open = {
    sockets: createStreamLimits(settings.streamsPerUser),
    streams: createStreamLimits(settings.streamsPerUser),
    groups: createGroups({ contextOf: contextOfChange(options), mask }),
  };
  const { pool } = options.services;
  const standing = createStanding({ gone: (ids) => creatorsGone(pool, ids), log });
  const startStream = createSubscribe({ groups: open.groups, limits: open.streams, standing, mask });
  const yoga = createYoga<ServerContext, GraphQLContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    logging: false,
    // Where a request begins, before it is known which way it goes.
    cors: false,
    multipart: false,
    // Read in front of Yoga, which would wrap each request in a stream to count its bytes.
    maxRequestBodySize: false,
    parserAndValidationCache: { documentCache: NO_CACHE, errorCache: NO_CACHE },
    graphiql: graphiqlOf(options),
    renderGraphiQL,
    plugins: [
      ...(options.graphiqlToken ? [useEditorPolicy()] : []),
      useRequestBody(admission),
      useArrival(arrive, maskOne),
      useLimits(read, !settings.production),
      compiled.plugin,
      ...useTracing(),
      useMasking(masking),
      operations.plugin,
      useStreams(startStream),
      // Behind all that find something to answer with.
      useNotAcceptable(),
    ],
    maskedErrors: { maskError: (error) => maskOne(error) },
    context: ({ params, identity, request, requestId }) =>
      contextOf(params as Params, identity ?? null, requestId, request),
  });
  const allowsOrigin = createAllowsOrigin(settings.corsOrigins);
  const shortWay = createShortWay({ arrive, read, compiled, contextOf, operations });
  const serve: Yoga['serve'] = async (request, response, arrival) => {
    const requestId = arrival.requestId ?? randomUUID();
    const operation = operations.begin(requestId);
    const others = await shortWay(request, response, { ...arrival, requestId, operation });
    if (!others) return;
    await yoga(request, response, others);
    // What was refused before it could be executed comes to nobody's ear there.
    if (request.method === 'POST') operations.end(operation, NEVER_RAN);
  };
  return Object.assign(yoga, {
    allowsOrigin,
    maskError: maskOne,
    receive,
    operations,
    admission,
    serve,
    startStream,
    open,
    standing,
  });
}

const NEVER_RAN = { errors: [{ extensions: {} }] };

/** Made for an operation that is valid; the last moment to refuse it is here, where its variables are known. */
function createContext({ services }: GraphQLOptions, read: ReturnType<typeof createDocuments>) {
  const checkCost = createCheckCost(schema);
  return (
    { query, operationName, variables }: Params,
    identity: Identity | null,
    requestId: string = randomUUID(),
    request?: Request,
  ) => {
    checkCost(read(query), operationName, variables);
    return {
      viewer: identity?.viewer ?? null,
      requestId,
      services,
      // A socket is closed as a whole; what came as a request ends by itself.
      streamEndsAt: request ? (identity?.expiresAt ?? null) : null,
      lastEventId: request?.headers.get('last-event-id') ?? null,
      hungUp: request?.signal ?? null,
    };
  };
}

/** Made anew for each change that a group is told of. */
const contextOfChange =
  ({ services }: GraphQLOptions) =>
  (viewer: Viewer): GraphQLContext => ({
    viewer,
    requestId: randomUUID(),
    services,
    streamEndsAt: null,
    lastEventId: null,
    hungUp: null,
  });

function graphiqlOf({ services: { prisma }, settings, identify, graphiqlToken: tokenOf }: GraphQLOptions) {
  if (settings.production || !tokenOf) return false;
  return (request: Request) => graphiqlFor(request, { prisma, identify, tokenOf });
}
