// The import of statement files over HTTP, with connections of its own: a file may wait for another one, and takes as long as
// it takes, and the API goes on beside it.
import { connect } from '../db/connect.js';
import { createAddressOf } from '../http/address.js';
import { createIdentify } from '../http/identity.js';
import { importRoute } from '../http/imports/route.js';
import { MOST_AT_ONCE } from '../http/imports/turns.js';
import type { RateLimits } from '../http/rate-limit.js';
import type { Route } from '../http/server.js';
import type { Parts, Stops } from './parts.js';

/** Milliseconds that one statement of an import may take, or wait for another import. */
const STATEMENT_MS = 300_000;

export function importsOf({ config, log }: Parts, { take }: RateLimits, stops: Stops): Route {
  const { jwt, trustProxy, corsOrigins, database, limits, largestImportBytes } = config;
  const db = connect({
    url: database.url,
    poolSize: MOST_AT_ONCE,
    statementMs: STATEMENT_MS,
    onError: (err) => log.warn({ err }, 'database connection'),
  });
  stops.push(() => db.close());
  return importRoute({
    pool: db.pool,
    currency: limits.currency,
    largestBytes: largestImportBytes,
    identify: createIdentify(jwt),
    take,
    addressOf: createAddressOf(trustProxy),
    corsOrigins,
    log,
  });
}
