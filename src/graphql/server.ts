// GraphQL over HTTP: Yoga, with our context, our errors and GraphiQL in development.
import { randomUUID } from 'node:crypto';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from '../observability/logger.js';
import type { GraphQLContext, GraphQLServices, GraphQLSettings, Identify, Identity } from './context.js';
import { invalidToken, maskError } from './errors.js';
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

export type Yoga = YogaServerInstance<SocketContext, GraphQLContext>;

export function createGraphQL(options: GraphQLOptions): Yoga {
  const { services, settings, identify, log } = options;
  return createYoga<SocketContext, GraphQLContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    logging: false,
    cors: settings.corsOrigins.length > 0 ? { origin: [...settings.corsOrigins], credentials: false } : false,
    graphiql: settings.production ? false : (request) => graphiqlFor(request, options),
    renderGraphiQL,
    maskedErrors: { maskError: (error) => maskError(error, randomUUID(), log) },
    context: async (initial) => {
      const identity = initial.socketIdentity ?? (await identifyRequest(initial.request, identify));
      return { viewer: identity?.viewer ?? null, requestId: randomUUID(), services };
    },
  });
}

async function identifyRequest(request: Request | undefined, identify: Identify): Promise<Identity | null> {
  try {
    return await identify(request?.headers.get('authorization'));
  } catch {
    throw invalidToken();
  }
}

const FIRST_QUERY = `# Press Ctrl-Enter. Open a second tab for the subscription, then create a payout in a third.
query Payouts {
  payouts(first: 10) {
    nodes { reference status amountCents currency creator { displayName } createdAt }
  }
}
`;

async function graphiqlFor(request: Request, { graphiqlToken }: GraphQLOptions) {
  const token = await graphiqlToken?.(request);
  return {
    title: 'Payouts',
    subscriptionsProtocol: 'WS' as const,
    defaultQuery: FIRST_QUERY,
    headers: JSON.stringify(token ? { authorization: `Bearer ${token}` } : {}),
  };
}
