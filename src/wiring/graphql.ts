// GraphQL with everything that its resolvers use.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ReadyConfig } from '../config.js';
import type { Identify } from '../graphql/context.js';
import { loadTrustedDocuments } from '../graphql/limits/trusted-documents.js';
import { schema } from '../graphql/schema.js';
import { createGraphQL } from '../graphql/server.js';
import { devToken } from '../http/dev-pages.js';
import { createIdentify } from '../http/identity.js';
import { createRateLimits, type RateLimits } from '../http/rate-limit.js';
import { DASHBOARD_DOCUMENTS } from './dashboards.js';
import { inboxOf, reconcileOf } from './money.js';
import { onboardingOf } from './onboarding.js';
import type { Parts, Stops } from './parts.js';
import { runsOf } from './runs.js';

/** Of everything that a caller may ask over HTTP and over sockets. */
export async function rateLimitsOf({ config, log }: Parts, stops: Stops): Promise<RateLimits> {
  const rateLimits = await createRateLimits({ redisUrl: config.redisUrl, ...config.rateLimits, log });
  stops.push(async () => rateLimits.close());
  return rateLimits;
}

export async function graphqlOf(parts: Parts, rateLimits: RateLimits, stops: Stops) {
  const { config, db, log, relay, alerts, cursors, signals } = parts;
  const { limits } = config;
  const services = {
    pool: db.pool,
    prisma: db.prisma,
    limits,
    signals,
    live: relay,
    alerts,
    cursors,
    inbox: inboxOf(parts),
    reconcile: reconcileOf(parts),
    onboarding: onboardingOf(parts),
    ...runsOf(parts, stops),
  };
  const { trustedDocumentsFile: file } = config;
  return createGraphQL({
    services,
    settings: config,
    identify: identifyOf(config),
    takePoints: rateLimits.take,
    ownDocuments: await dashboardDocuments(),
    trustedDocuments: file ? await loadTrustedDocuments(path.resolve(config.callerDir, file), schema) : null,
    log,
    observe: parts.traffic.operation,
    ...(config.production ? {} : { graphiqlToken: devToken }),
  });
}

/** None where the dashboards were not built, as in most tests. */
const dashboardDocuments = async () =>
  existsSync(DASHBOARD_DOCUMENTS) ? loadTrustedDocuments(DASHBOARD_DOCUMENTS, schema) : new Map();

export const identifyOf = (config: ReadyConfig): Identify => createIdentify(config.jwt);
