// Settings of the process itself: what it does, where it listens, where it keeps things.
import { z } from 'zod';
import { settings } from './about.js';
import { duration, url, whole } from './values.js';

export const PROCESS = {
  NODE_ENV: z.enum(['development', 'test', 'production']).prefault('development').register(settings, {
    meaning:
      '`production` embeds nothing and makes nothing up; `test` is as `development`; nothing else is taken',
  }),
  ROLE: z.enum(['all', 'api', 'worker']).prefault('all').register(settings, {
    meaning: '`api` serves, `worker` runs jobs, `all` does both; any number of each may run',
  }),
  PORT: whole(0, 65_535).prefault('4000').register(settings, {
    meaning: 'HTTP; of workers too, for their health and metrics',
  }),
  HOST: z.string().optional().register(settings, {
    meaning: 'the address to listen on',
    otherwise: '`127.0.0.1`; `0.0.0.0` in production',
  }),
  SHUTDOWN_DELAY: duration.optional().register(settings, {
    meaning:
      'how long an API that was asked to end goes on answering, with 503 at `/health/ready`, until the balancer in front has noticed: longer than it takes to notice. A worker ends at once',
    otherwise: 'none; `5s` in production',
  }),
  PUBLIC_URL: url('http', 'https').optional().register(settings, {
    meaning:
      'where people reach the service: what links in messages lead to, and where Stripe sends creators back to',
    otherwise: '`http://127.0.0.1:PORT`; none in production',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .prefault('info')
    .register(settings, { meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `silent`' }),
  DATA_DIR: z.string().prefault('.data').register(settings, {
    meaning: 'where embedded parts keep their data, beside the code',
  }),
  /** npm says here where it was called from; npm itself runs at the package's root. */
  INIT_CWD: z.string().optional(),
};
