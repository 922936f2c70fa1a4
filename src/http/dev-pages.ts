// Development only: a start page with one-click sign-ins. A sign-in makes a token, keeps it in a cookie that scripts
// cannot read, and opens GraphiQL with it, or a dashboard with the token in the fragment, as a platform would. A fragment
// is sent to nobody: no token ever stands in an address that leaves the browser.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Viewer } from '../payouts/viewer.js';
import { type Route, refuse } from './server.js';

export interface DevAccount {
  /** Stands in the link: `admin`, or a creator's external id. */
  slug: string;
  label: string;
  viewer: Viewer;
}

export interface DevPagesDeps {
  accounts(): Promise<DevAccount[]>;
  sign(viewer: Viewer): Promise<string>;
  simulatorUrl: string | null;
  /** E-mails are captured, rather than sent. */
  showsMail: boolean;
}

const COOKIE = 'payouts_dev';

export function devRoutes(deps: DevPagesDeps): Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      handle: async (_, response) => sendHtml(response, startPage(deps, await deps.accounts())),
    },
    {
      method: 'GET',
      path: '/dev/sign-in/',
      handle: (request, response, url) => signIn(deps, request, response, url),
    },
  ];
}

/** The token of the last sign-in in this browser, for GraphiQL to begin with. */
export async function devToken(request: Request): Promise<string | null> {
  return new RegExp(`(?:^|; )${COOKIE}=([\\w.-]+)`).exec(request.headers.get('cookie') ?? '')?.[1] ?? null;
}

async function signIn(
  deps: DevPagesDeps,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  // A page of another origin that was given our address must not sign anybody in.
  if (!isOurMachine(request.headers.host) || !isOurPage(request.headers['sec-fetch-site'])) {
    return refuse(response, 403, 'Sign-in links work on this machine only.');
  }
  const slug = decode(url.pathname.slice('/dev/sign-in/'.length));
  const account = (await deps.accounts()).find((a) => a.slug === slug);
  if (!account) return refuse(response, 404, 'Nobody has this name. See / for who has.');
  const token = await deps.sign(account.viewer);
  response.writeHead(302, {
    location:
      url.searchParams.get('to') === 'dashboard' ? `${dashboardOf(account)}#token=${token}` : '/graphql',
    'set-cookie': `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict`,
  });
  response.end();
}

const dashboardOf = ({ viewer }: DevAccount) => (viewer.role === 'ADMIN' ? '/admin' : '/creator');

const signInOf = ({ slug }: DevAccount) => `/dev/sign-in/${encodeURIComponent(slug)}`;

export const isOurMachine = (host = '') => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);

/** `none`: typed in, or from a bookmark. A browser that says nothing is an old one, or a terminal. */
const isOurPage = (site: string | string[] | undefined) =>
  site === undefined || site === 'same-origin' || site === 'none';

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** @param more directives of the content policy, each with its semicolon */
export function sendHtml(response: ServerResponse, html: string, more = ''): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; ${more}style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  });
  response.end(html);
}

export const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const anchor = (href: string, title: string) => `<a href="${escaped(href)}">${escaped(title)}</a>`;

export const link = (href: string, title: string, note: string) =>
  `<li>${anchor(href, title)}<span>${escaped(note)}</span></li>`;

/** To the dashboard by the name, and to GraphiQL beside it. */
const signInLink = (account: DevAccount) =>
  `<li>${anchor(`${signInOf(account)}?to=dashboard`, account.label)}
<span>${anchor(signInOf(account), 'in GraphiQL')}</span></li>`;

function startPage({ simulatorUrl, showsMail }: DevPagesDeps, accounts: readonly DevAccount[]): string {
  const admins = accounts.filter(({ viewer }) => viewer.role === 'ADMIN').map(signInLink);
  const creators = accounts.filter(({ viewer }) => viewer.role === 'CREATOR').map(signInLink);
  const places = [
    link('/graphql', 'GraphiQL', 'queries, mutations and live subscriptions'),
    link('/health/ready', 'Health', 'what is up and what is down'),
    ...(showsMail ? [link('/dev/mail', 'E-mails', 'what creators would have been sent')] : []),
    ...(simulatorUrl
      ? [link(`${simulatorUrl}/_control`, 'Stripe simulator', 'its state, its clock, its faults')]
      : []),
  ];
  return page(
    'Payouts',
    `<h1>Payouts</h1><p>Development: sign in with one click.</p>
<h2>The platform’s dashboard, as</h2><ul>${admins.join('')}</ul>
<h2>A creator’s dashboard, as</h2><ul>${creators.join('')}</ul>
<h2>Places</h2><ul>${places.join('')}</ul>`,
  );
}

/** A page of development's; `body` is HTML. */
export const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: light-dark(#f6f7f9, #14161a); }
main { box-sizing: border-box; width: min(32rem, 100%); padding: 2rem; }
h1 { margin: 0; font-size: 1.75rem; } h2 { margin: 2rem 0 0; font-size: 1rem; } p { margin: .25rem 0 1rem; opacity: .7; }
ul { list-style: none; margin: .5rem 0 0; padding: 0; border-radius: .75rem; overflow: hidden;
  background: light-dark(#fff, #1e2127); box-shadow: 0 0 0 1px light-dark(#e3e6ea, #2d3139); }
li + li { border-top: 1px solid light-dark(#e3e6ea, #2d3139); }
li { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; padding: .75rem 1rem; }
a { color: light-dark(#3b3bd1, #a3a8ff); font-weight: 600; text-decoration: none; } a:hover { text-decoration: underline; }
span { opacity: .65; font-size: .875rem; } span a { font-weight: 400; }`;
