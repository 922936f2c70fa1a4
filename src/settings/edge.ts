// Settings of who may call, from where and how often.
import { z } from 'zod';
import { settings } from './about.js';
import { list, proxies, rate, size, url, whole } from './values.js';

export const EDGE = {
  CORS_ORIGINS: list.prefault('').register(settings, {
    meaning: 'pages of these origins may call from a browser, comma-separated',
  }),
  RATE_LIMIT_QUERIES: rate.prefault('600/m').register(settings, {
    meaning:
      'operations of one user (a token’s `sub`), or of one address without a token, over all instances and both transports: `10/s`, `600/m`, `1000/h`. Subscriptions count as queries',
  }),
  RATE_LIMIT_MUTATIONS: rate.prefault('60/m').register(settings, {
    meaning: 'the same for mutations; several in one operation are several',
  }),
  STREAMS_PER_USER: whole(1, 1_000_000).prefault('10000').register(settings, {
    meaning: 'sockets, and subscriptions over both transports, that one user may have open in each process',
  }),
  IMPORT_MAX_SIZE: size.prefault('200MB').register(settings, {
    meaning:
      'the largest statement file that [`POST /imports/statements`](imports.md#over-http) takes; a million rows are some 100 MB. Two at once, for as long as they take, must fit where temporary files go (`TMPDIR`)',
  }),
  TRUST_PROXY: proxies.prefault('none').register(settings, {
    meaning:
      'how many proxies stand in front, so that an address is read from `X-Forwarded-For` and cannot be made up; `true` believes the whole header, and is for a network that nobody else can reach',
  }),
  TRUSTED_DOCUMENTS: z.string().optional().register(settings, {
    meaning:
      "a JSON file of hash → document, such as codegen's `persisted-documents.json`: with it only these documents run, named by `documentId` or Apollo's `persistedQuery` hash (over a socket with an empty `query`). The [dashboards'](dashboards.md) own documents run beside it. A document that does not fit the schema stops the start",
  }),
  DASHBOARD_LOGIN_URL: url('https', 'http').optional().register(settings, {
    meaning:
      'where the [dashboards](dashboards.md) send who is not signed in, with `return_to`; your platform comes back with `#token=…`',
    otherwise: 'none; the start page in development',
  }),
};
