// What every resolver gets: who asks, and the use cases' dependencies.
import type pg from 'pg';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { AlertFeed } from '../live/alert-feed.js';
import type { Cursors } from '../live/cursors.js';
import type { Relay } from '../live/relay.js';
import type { RunFeed } from '../live/run-feed.js';
import type { OnboardingDeps } from '../payouts/creators/onboarding.js';
import type { InboxDeps } from '../payouts/events/inbox.js';
import type { AmountLimits } from '../payouts/money.js';
import type { Signals } from '../payouts/ports.js';
import type { BalanceDeps } from '../payouts/runs/preview.js';
import type { WatchedRun } from '../payouts/runs/progress.js';
import type { Identity, Viewer } from '../payouts/viewer.js';
import type { RepairDeps } from '../reconciliation/repair.js';
import type { Operation } from './operation.js';

export interface GraphQLServices {
  pool: pg.Pool;
  prisma: PrismaClient;
  limits: AmountLimits;
  signals: Signals;
  live: Relay;
  alerts: AlertFeed;
  /** Of the live log. */
  cursors: Cursors;
  /** For events of Stripe's that are applied once more. */
  inbox: InboxDeps;
  /** For differences that are mended in one step. */
  reconcile: RepairDeps;
  /** For creators who set up their account at Stripe. */
  onboarding: OnboardingDeps;
  /** The platform's money at Stripe, for previews of runs. */
  balance: BalanceDeps;
  runs: RunFeed<WatchedRun>;
}

export interface GraphQLContext {
  /** Null: nobody has signed in. */
  viewer: Viewer | null;
  /** In every error and in the log, so that one finds the other. */
  requestId: string;
  services: GraphQLServices;
  /** When a stream must end: with its token (milliseconds since 1970). Null over a socket, which ends by itself. */
  streamEndsAt: number | null;
  /** The cursor that a stream over HTTP goes on after, from `Last-Event-ID`; it is newer than what the operation says. */
  lastEventId: string | null;
  /** Aborted when the caller over HTTP has gone, be it before there is an answer to read. Null over a socket. */
  hungUp: AbortSignal | null;
}

/**
 * Checks an `Authorization` header; null where there is none.
 * @throws an error with the code `INVALID_TOKEN` when there is one that does not hold
 */
export type Identify = (authorization: string | null | undefined) => Promise<Identity | null>;

/** An operation whose caller is known, and charged. */
export interface Arrived {
  identity: Identity | null;
  /** The document's text. */
  query: unknown;
}

/** What a request or a socket brings along. */
export interface ServerContext {
  /** The body of a POST, read whole. */
  body?: Buffer;
  /** In its place where it has more bytes than this. */
  largestBody?: number;
  /** Where it comes from: who somebody without a token is. */
  address?: string;
  /** Over a socket each operation has one of its own. */
  requestId?: string;
  /** What is told of it when it has ended. */
  operation?: Operation;
  /** Known from the start over a socket, found out by `arrival.ts` over HTTP. */
  identity?: Identity | null;
  /** What is known already of a request that came by the short way. */
  arrived?: Promise<Arrived>;
}

/** The settings that the GraphQL server itself has. */
export interface GraphQLSettings {
  /** Nothing that helps a stranger: no GraphiQL, no introspection, no suggestions in errors. */
  production: boolean;
  /** Pages of these origins may call from a browser. */
  corsOrigins: readonly string[];
  /** Sockets, and subscriptions over both transports, that one user may have open in this process. */
  streamsPerUser: number;
}
