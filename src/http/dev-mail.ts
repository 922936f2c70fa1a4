// Development only: the e-mails that creators would have been sent, as they would see them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { escaped, isOurMachine, link, page, sendHtml } from './dev-pages.js';
import { type Handler, type Route, refuse } from './server.js';

interface CapturedMail {
  id: string;
  recipient: string;
  subject: string;
  capturedAt: Date;
}

export interface DevMailDeps {
  /** Newest first. */
  list(): Promise<CapturedMail[]>;
  read(id: string): Promise<(CapturedMail & { html: string; text: string }) | null>;
}

export function devMailRoutes(deps: DevMailDeps): Route[] {
  const routes: [string, Handler][] = [
    ['/dev/mail', async (_, response) => sendHtml(response, listPage(await deps.list()))],
    ['/dev/mail/', (_, response, url) => show(deps, response, url)],
  ];
  return routes.map(([path, handle]) => ({ method: 'GET', path, handle: forOurMachine(handle) }));
}

/** A page of another origin that was given our address must not read them. */
const forOurMachine =
  (handle: Handler): Handler =>
  (request: IncomingMessage, response, url) =>
    isOurMachine(request.headers.host)
      ? handle(request, response, url)
      : refuse(response, 403, 'E-mails are shown on this machine only.');

/** `/dev/mail/7` is its page, `/dev/mail/7.html` and `/dev/mail/7.txt` are what the mail program gets. */
async function show(deps: DevMailDeps, response: ServerResponse, url: URL): Promise<void> {
  const [, id = '', , as] = /^\/dev\/mail\/(\d{1,18})(\.(html|txt))?$/.exec(url.pathname) ?? [];
  const mail = id ? await deps.read(id) : null;
  if (!mail) return refuse(response, 404, 'There is no such e-mail. See /dev/mail.');
  if (as === 'html') sendMail(response, mail.html);
  else if (as === 'txt') sendText(response, mail.text);
  else sendHtml(response, mailPage(mail), "frame-src 'self'; ");
}

function listPage(mails: readonly CapturedMail[]): string {
  const rows = mails.map(({ id, subject, recipient, capturedAt }) =>
    link(`/dev/mail/${id}`, subject, `${recipient} · ${timeOf(capturedAt)}`),
  );
  const list = rows.length > 0 ? `<ul>${rows.join('')}</ul>` : '<p>None yet.</p>';
  return page(
    'E-mails',
    `<h1>E-mails</h1><p>No mail server is set, so they are kept here. Newest first.</p>${list}`,
  );
}

function mailPage({ id, subject, recipient, capturedAt }: CapturedMail): string {
  const frame = `<iframe title="The e-mail" sandbox src="/dev/mail/${id}.html" style="${FRAME}"></iframe>`;
  const links = [
    link(`/dev/mail/${id}.html`, 'HTML', 'alone, in any width'),
    link(`/dev/mail/${id}.txt`, 'Text', 'for programs without HTML'),
    link('/dev/mail', 'All e-mails', ''),
  ];
  return page(
    subject,
    `<h1>${escaped(subject)}</h1><p>To ${escaped(recipient)}, ${timeOf(capturedAt)}</p><ul>${links.join('')}</ul>${frame}`,
  );
}

const FRAME = 'width: 100%; height: 60rem; margin-top: 1rem; border: 0; border-radius: .75rem';

const timeOf = (time: Date) => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** As safe as in a mail program: no scripts, nothing loaded from anywhere, and in our own frame alone. */
function sendMail(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox",
  });
  response.end(html);
}

function sendText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
