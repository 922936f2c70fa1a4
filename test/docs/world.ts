// What the examples of docs/api.md are about. An id on that page is a name in base64, such as `Payout:failed`: here it
// becomes the id of a row that is there.
import cuid from '@bugsnag/cuid';
import {
  addAdminRows,
  addBankPayout,
  asAdmin,
  createCompletedPayout,
  createFailedPayout,
  creatorViewer,
  fromTheStart,
  globalId,
} from '../graphql/ask.js';
import { ADMIN, type RunningApp, runApp } from '../support/running-app.js';
import { addCreator, addStatement } from '../support/world.js';

export interface DocsWorld {
  app: RunningApp;
  tokens: { admin: string; creator: string };
  novaId: string;
  /** Puts ids that are there in place of those on the page. */
  withIds(text: string): string;
}

export async function createDocsWorld(): Promise<DocsWorld> {
  const app = await runApp({ PUBLIC_URL: 'http://127.0.0.1:4000' });
  const novaId = await addNamed(app, 'nova', 'Nova Reyes', true);
  const junoId = await addNamed(app, 'juno', 'Juno Vale', false);
  const rows = await addAdminRows(app);
  const completed = await createCompletedPayout(app, { creatorId: novaId, amountCents: 2_500 });
  const failed = await createFailedPayout(app, { creatorId: novaId, amountCents: 1_900 });
  const august = await addStatement(app.world, novaId, 48_250);
  await addBankPayout(app, novaId);
  const [first, second] = await cursorsOfPayouts(app);
  const ids: Record<string, string> = {
    'Creator:nova': globalId('Creator', novaId),
    'Creator:juno': globalId('Creator', junoId),
    'RoyaltyStatement:august': globalId('RoyaltyStatement', august),
    'Payout:completed': completed.id,
    'Payout:failed': failed.id,
    'Payout:no-such-payout': globalId('Payout', cuid()),
    'Alert:open': globalId('Alert', rows.alertId),
    'WebhookEvent:ignored': globalId('WebhookEvent', rows.webhookEventId),
    'ReconciliationItem:open': globalId('ReconciliationItem', rows.reconciliationItemId),
    'PayoutRun:january': globalId('PayoutRun', rows.payoutRunId),
    'Cursor:first': first,
    'Cursor:second': second,
    'Cursor:change': await fromTheStart(app),
  };
  const tokens = { admin: await app.token(ADMIN), creator: await app.token(creatorViewer(novaId)) };
  return { app, tokens, novaId, withIds: (text) => replaceIds(text, ids) };
}

async function addNamed(app: RunningApp, name: string, displayName: string, ready: boolean): Promise<string> {
  const { id } = await addCreator(app.world, { ready });
  await app.world.db.pool.query(
    'UPDATE creators SET external_id = $2, display_name = $3, email = $4 WHERE id = $1',
    [id, name, displayName, `${name}@example.com`],
  );
  return id;
}

async function cursorsOfPayouts(app: RunningApp): Promise<[string, string]> {
  const { payouts } = await asAdmin(app, '{ payouts(first: 2) { edges { cursor } } }');
  return [payouts.edges[0].cursor, payouts.edges[1].cursor];
}

/** @throws Error for a name that no row has */
function replaceIds(text: string, ids: Record<string, string>): string {
  return text.replace(/"([A-Za-z0-9+/]{8,}={0,2})"/g, (whole, id: string) => {
    const name = Buffer.from(id, 'base64').toString();
    if (!/^[A-Z]\w+:[\w-]+$/.test(name)) return whole;
    if (!ids[name]) throw new Error(`the examples’ world has no ${name}`);
    return `"${ids[name]}"`;
  });
}
