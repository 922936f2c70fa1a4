// What only a developer's machine has: one-click sign-ins, the simulator's webhooks, demo data.
import type { Database } from '../db/connect.js';
import { seedDemo } from '../dev/demo.js';
import type { Embedded } from '../dev/embed.js';
import { devMailRoutes } from '../http/dev-mail.js';
import { type DevAccount, devRoutes } from '../http/dev-pages.js';
import { signToken } from '../http/identity.js';
import type { Route } from '../http/server.js';
import { listCaptured, readCaptured } from '../notify/captured.js';
import { SimulatorClient } from '../stripe/simulator/client.js';
import type { Parts } from './parts.js';

export function devOf({ config, db }: Parts, { simulatorUrl }: Embedded): Route[] {
  const { secret } = config.jwt;
  if (config.production || !secret) return [];
  const pages = devRoutes({
    accounts: () => devAccounts(db),
    sign: (viewer) => signToken({ ...config.jwt, secret }, viewer, DEV_TOKEN_SECONDS),
    simulatorUrl,
    showsMail: !config.mail.smtpUrl,
  });
  const list = () => listCaptured(db.pool, 200);
  return [...pages, ...devMailRoutes({ list, read: (id) => readCaptured(db.pool, id) })];
}

const DEV_TOKEN_SECONDS = 12 * 3_600;

/** The simulator sends its webhooks here, and a machine that is all ours gets demo data at its first start. */
export async function connectSimulator(
  { db, config, signals }: Parts,
  embedded: Embedded,
  url: string,
): Promise<void> {
  const simulator = new SimulatorClient(embedded.simulatorUrl ?? '');
  await simulator.setWebhookUrl(`${url}/api/webhooks/stripe`);
  if (embedded.selfContained) await seedDemo({ pool: db.pool, limits: config.limits, signals, simulator });
}

export async function devAccounts(db: Database): Promise<DevAccount[]> {
  const creators = await db.prisma.creator.findMany({
    take: 5,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return [
    { slug: 'admin', label: 'Admin', viewer: { role: 'ADMIN', sub: 'admin' } },
    ...creators.map(({ id, externalId, displayName }) => ({
      slug: externalId,
      label: displayName,
      viewer: { role: 'CREATOR' as const, sub: externalId, creatorId: id },
    })),
  ];
}
