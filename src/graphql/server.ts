// GraphQL over HTTP: Yoga, with our context, our errors and GraphiQL in development.
import { randomUUID } from 'node:crypto';
import type { GraphQLError } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from '../observability/logger.js';
import type { GraphQLContext, GraphQLServices, GraphQLSettings, Identify, Identity } from './context.js';
import { invalidToken, maskError } from './errors.js';
import { graphiqlFor, renderGraphiQL } from './graphiql.js';
import { useMasking } from './masking.js';
import { useJsonOnly } from './media-types.js';
import { type AllowsOrigin, createAllowsOrigin } from './origins.js';
import { schema } from './schema.js';

export interface GraphQLOptions {
  services: GraphQLServices;
  settings: GraphQLSettings;
  identify: Identify;
  log: Logger;
  /** Development only: the token that GraphiQL begins with, for a browser that signed in by a link. */
  graphiqlToken?: (request: Request) => Promise<string | null>;
}

/** What a WebSocket hands in instead of a request: who it was opened by. */
export interface SocketContext {
  socketIdentity?: Identity | undefined;
}

/** Yoga, and what its sockets hold to as well. */
export type Yoga = YogaServerInstance<SocketContext, GraphQLContext> & {
  allowsOrigin: AllowsOrigin;
  maskError: (error: unknown) => GraphQLError;
};

/** 500 rows of a bulk mutation fit. */
const LARGEST_BODY = 256 * 1024;

export function createGraphQL(options: GraphQLOptions): Yoga {
  const { services, settings, identify, log } = options;
  const mask = (error: unknown) => maskError(error, randomUUID(), log);
  const yoga = createYoga<SocketContext, GraphQLContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    logging: false,
    cors: (request) => corsFor(request, settings.corsOrigins),
    multipart: false,
    maxRequestBodySize: LARGEST_BODY,
    graphiql: graphiqlOf(options),
    renderGraphiQL,
    plugins: [useJsonOnly(), useMasking(log)],
    maskedErrors: { maskError: mask },
    context: async (initial) => {
      const identity = initial.socketIdentity ?? (await identifyRequest(initial.request, identify));
      return {
        viewer: identity?.viewer ?? null,
        requestId: randomUUID(),
        services,
        streamEndsAt: initial.socketIdentity ? null : (identity?.expiresAt ?? null),
      };
    },
  });
  return Object.assign(yoga, { allowsOrigin: createAllowsOrigin(settings.corsOrigins), maskError: mask });
}

/** No header at all for an origin that is not on the list: Yoga's own list answers `null`, which is an origin too. */
function corsFor(request: Request, allowed: readonly string[]) {
  const origin = request.headers.get('origin') ?? '';
  return allowed.includes(origin) ? { origin: [...allowed], credentials: false } : (false as const);
}

async function identifyRequest(request: Request | undefined, identify: Identify): Promise<Identity | null> {
  try {
    return await identify(request?.headers.get('authorization'));
  } catch (error) {
    // A key set that does not answer is our trouble: the caller's token may be as good as ever.
    if ((error as { code?: unknown }).code !== 'INVALID_TOKEN') throw error;
    throw invalidToken();
  }
}

function graphiqlOf({ services: { prisma }, settings, identify, graphiqlToken: tokenOf }: GraphQLOptions) {
  if (settings.production || !tokenOf) return false;
  return (request: Request) => graphiqlFor(request, { prisma, identify, tokenOf });
}
