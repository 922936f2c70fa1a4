// Onboarding for people: an account link opens a small page whose button makes the account ready. As with
// Stripe, a link works once and for minutes, and coming back to `return_url` proves nothing.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Stripe from 'stripe';
import { updateAccount } from './accounts.js';
import { type Change, type Core, changeByControl } from './core.js';
import { missing } from './errors.js';
import { newId } from './ids.js';
import { decodeForm, readBody } from './params.js';
import type { LinkRow } from './rows.js';

const LIFETIME_SECONDS = 300;

/** Makes a link. Throws `resource_missing` for an unknown account. */
export function createLink(
  change: Change,
  facts: { account: string; refreshUrl: string; returnUrl: string },
): Stripe.AccountLink {
  const { core, tx } = change;
  const { account } = facts;
  if (!tx.get('accounts', account) || tx.get('accounts', account)?.deleted)
    throw missing('account', account, 'account', 400);
  const created = core.clock.seconds();
  const link: LinkRow = {
    ...facts,
    id: newId('al'),
    created,
    expiresAt: created + LIFETIME_SECONDS,
    session: null,
    done: false,
  };
  tx.put('links', link);
  const url = `${core.publicUrl}/setup/e/${account}/${link.id}`;
  return { object: 'account_link', created, expires_at: link.expiresAt, url } satisfies Stripe.AccountLink;
}

/** Answers `/setup/e/:account/:link`. */
export async function handleOnboarding(core: Core, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [, , , account, id] = (req.url ?? '').split('?')[0]?.split('/') ?? [];
  const link = core.store.get('links', id ?? '');
  if (!link || link.account !== account) return void sendPage(res, 404, '<p>There is no such link.</p>');
  if (req.method === 'POST') return complete(core, link, decodeForm(await readBody(req)).session, res);
  if (req.method === 'GET') return open(core, link, res);
  sendPage(res, 405, '<p>Not here.</p>');
}

function open(core: Core, link: LinkRow, res: ServerResponse): void {
  if (link.session !== null || core.clock.seconds() > link.expiresAt)
    return void redirect(res, link.refreshUrl);
  const session = newId('session');
  core.store.transact((tx) => tx.put('links', { ...link, session }));
  sendPage(res, 200, form(link, session));
}

function complete(core: Core, link: LinkRow, session: unknown, res: ServerResponse): void {
  if (link.session === null || session !== link.session || link.done)
    return void redirect(res, link.refreshUrl);
  changeByControl(core, (change) => {
    change.tx.put('links', { ...link, done: true });
    updateAccount(change, link.account, { transfers: 'active' });
  });
  redirect(res, link.returnUrl);
}

function form(link: LinkRow, session: string): string {
  return `<p>Account <code>${escapeHtml(link.account)}</code> is not ready for transfers yet.</p>
<form method="post">
<input type="hidden" name="session" value="${escapeHtml(session)}">
<button type="submit">Complete onboarding</button>
</form>
<p><a href="${escapeHtml(link.returnUrl)}">Return without completing</a></p>`;
}

function sendPage(res: ServerResponse, status: number, content: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  });
  res.end(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Stripe simulator: onboarding</title>
<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}
button{font:inherit;padding:.6rem 1.2rem;background:#533afd;color:#fff;border:0;border-radius:.4rem}</style></head>
<body><main><h1>Onboarding</h1>${content}
<p><small>This is the Stripe simulator. Nothing here is real.</small></p></main></body></html>\n`);
}

function redirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'cache-control': 'no-store' });
  res.end();
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? '');
}
