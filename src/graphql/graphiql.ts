// GraphiQL, in development: all of it served by us, signed in as whoever the browser's last sign-in link was for, with
// a first query, mutation and subscription that work as they are.
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { GraphiQLOptions, Plugin } from 'graphql-yoga';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { Viewer } from '../payouts/viewer.js';
import type { Identify } from './context.js';

export { renderGraphiQL };

export interface GraphiqlDeps {
  prisma: PrismaClient;
  identify: Identify;
  /** The token of the browser's last sign-in, if any. */
  tokenOf: (request: Request) => Promise<string | null>;
}

/** All of the editor stands in its page, its workers too: nothing else is run, loaded or asked but this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page may do what an answer of the API may not. */
export function useEditorPolicy(): Plugin {
  return {
    onResponse({ response }) {
      if (!response.headers.get('content-type')?.startsWith('text/html')) return;
      response.headers.set('content-security-policy', POLICY);
    },
  };
}

type Tab = NonNullable<GraphiQLOptions['defaultTabs']>[number];

export async function graphiqlFor(request: Request, deps: GraphiqlDeps): Promise<GraphiQLOptions> {
  const token = await deps.tokenOf(request);
  const identity = token ? await deps.identify(`Bearer ${token}`).catch(() => null) : null;
  return {
    title: 'Payouts',
    // Over SSE the headers go along with a subscription; GraphiQL's WebSocket client sends none.
    subscriptionsProtocol: 'SSE',
    // Beside the editor's own headers, so that a new sign-in holds in tabs that the browser kept.
    ...(identity && { additionalHeaders: { authorization: `Bearer ${token}` } }),
    defaultTabs: identity?.viewer ? await tabsFor(identity.viewer, deps.prisma) : [{ query: SIGN_IN_FIRST }],
  };
}

async function tabsFor(viewer: Viewer, prisma: PrismaClient): Promise<Tab[]> {
  if (viewer.role === 'CREATOR') return [{ query: MY_PAYOUTS }, { query: WATCH }];
  const creator = await prisma.creator.findFirst({
    where: { transfersEnabled: true },
    orderBy: { createdAt: 'asc' },
  });
  const creatorId = Buffer.from(`Creator:${creator?.id ?? ''}`).toString('base64');
  const input = { creatorId, amountCents: 2500, idempotencyKey: 'my-first-payout' };
  return [
    { query: PAYOUTS },
    { query: WATCH },
    { query: CREATE, variables: JSON.stringify({ input }, null, 2) },
  ];
}

const SIGN_IN_FIRST =
  '# Sign in first: the links are on the start page, /.\nquery Viewer {\n  viewer { role }\n}\n';

const PAYOUTS = `query Payouts {
  payouts(first: 10) {
    nodes {
      reference
      status
      amountCents
      currency
      creator { displayName }
      createdAt
    }
  }
}
`;

const MY_PAYOUTS = `query MyPayouts {
  myPayouts(first: 10) {
    nodes {
      reference
      status
      amountCents
      currency
      failedReason
      createdAt
    }
  }
}
`;

const WATCH = `# Start it, then create a payout in another tab.
subscription Watch {
  payoutStatusChanged {
    previousStatus
    status
    payout { reference amountCents }
    occurredAt
  }
}
`;

const CREATE = `# Give each new payout a key of its own.
mutation Create($input: CreatePayoutInput!) {
  createPayout(input: $input) {
    ... on CreatePayoutPayload {
      replayed
      payout { reference status }
    }
    ... on Error { code message }
  }
}
`;
