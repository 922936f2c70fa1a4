// The exports over HTTP, with what they need of the others.
import { createAddressOf } from '../http/address.js';
import { exportRoute } from '../http/exports/route.js';
import { createIdentify } from '../http/identity.js';
import type { RateLimits } from '../http/rate-limit.js';
import type { Route } from '../http/server.js';
import type { Parts } from './parts.js';

export function exportsOf({ config, db, log }: Parts, { take }: RateLimits): Route {
  const { jwt, trustProxy, corsOrigins } = config;
  const identify = createIdentify(jwt);
  return exportRoute({
    pool: db.pool,
    identify,
    take,
    addressOf: createAddressOf(trustProxy),
    corsOrigins,
    log,
  });
}
