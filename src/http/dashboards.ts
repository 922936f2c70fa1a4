// The dashboards: two pages that load nothing but their own scripts and styles and speak with nobody but this server, and
// their assets, which never change under their names and so are kept by browsers for a year.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sirv from 'sirv';
import { type Route, refuse } from './server.js';

export interface DashboardDeps {
  /** What the build wrote: `admin.html`, `creator.html`, `assets/`. */
  folder: string;
  /** Where the pages send who is not signed in; null: nowhere, they only say it. */
  loginUrl: string | null;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  // Sockets to this host too.
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  // A page names the assets of its build: whoever keeps an old one asks for files that are gone.
  'cache-control': 'no-cache',
};

const ASSETS = '/dashboard/assets/';
const YEAR_SECONDS = 31_536_000;

export function dashboardRoutes(deps: DashboardDeps): Route[] {
  if (!existsSync(path.join(deps.folder, 'assets'))) return [];
  return [...pages('admin', deps), ...pages('creator', deps), assets(deps)];
}

/** All addresses below a dashboard's are its own: it finds its pages in the browser. */
function pages(name: string, deps: DashboardDeps): Route[] {
  const html = pageOf(name, deps);
  const handle: Route['handle'] = async (_, response) => {
    response.writeHead(200, PAGE_HEADERS);
    response.end(await html);
  };
  return [`/${name}`, `/${name}/`].map((place) => ({ method: 'GET', path: place, handle }));
}

async function pageOf(name: string, { folder, loginUrl }: DashboardDeps): Promise<string> {
  const html = await readFile(path.join(folder, `${name}.html`), 'utf8');
  return html.replace('name="login-url" content=""', `name="login-url" content="${escaped(loginUrl ?? '')}"`);
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function assets({ folder }: DashboardDeps): Route {
  const serve = sirv(path.join(folder, 'assets'), {
    brotli: true,
    gzip: true,
    etag: true,
    immutable: true,
    maxAge: YEAR_SECONDS,
  });
  return {
    method: 'GET',
    path: ASSETS,
    handle(request, response, url) {
      // What every answer says unless it knows better: this one does.
      response.removeHeader('cache-control');
      request.url = url.pathname.slice(ASSETS.length - 1);
      serve(request, response, () => {
        response.setHeader('cache-control', 'no-store');
        refuse(response, 404, 'Not found.');
      });
    },
  };
}
