// Settings of what the service stands on: Postgres, Redis, and where Agenda keeps its jobs.
import { settings } from './about.js';
import { positive, url, whole } from './values.js';

export const STORES = {
  DATABASE_URL: url('postgres', 'postgresql').optional().register(settings, {
    meaning: 'Postgres 14 or newer',
    otherwise: 'embedded',
    secret: true,
    required: true,
  }),
  DATABASE_POOL_SIZE: whole(3, 1_000).prefault('10').register(settings, {
    meaning: 'connections of one process, shared by Prisma and Agenda; one of them listens for jobs',
  }),
  DATABASE_STATEMENT_TIMEOUT: positive.prefault('15s').register(settings, {
    meaning:
      'how long one statement of the server may take before Postgres cancels it; one that is not even cancelled is given up two seconds later, with its connection. Commands such as `import`, `reconcile` and `verify`, and migrations, take as long as they take',
  }),
  REDIS_URL: url('redis', 'rediss').optional().register(settings, {
    meaning:
      'wakes the other instances when the event log has grown; counts their rate limits together. While it is away each instance counts for itself, stays ready, and says `degraded` at `/health/ready`',
    otherwise: 'in-process',
    secret: true,
    required: true,
  }),
  AGENDA_URL: url('postgres', 'postgresql', 'mongodb', 'mongodb\\+srv').optional().register(settings, {
    meaning: 'where Agenda keeps its jobs: `postgres://…` or `mongodb://…`',
    otherwise: '`DATABASE_URL`',
    secret: true,
  }),
};
