// Which export a path names, and what it is made of.
import type pg from 'pg';
import { auditTrail } from '../../payouts/exports/audit-trail.js';
import { type ExportAction, recordExport } from '../../payouts/exports/record.js';
import { walkPayouts } from '../../payouts/exports/walk.js';
import { yearStatement } from '../../payouts/exports/year-statement.js';
import type { Viewer } from '../../payouts/viewer.js';
import { parametersOf } from '../parameters.js';
import { badInput, Refusal } from '../refusal.js';
import { auditPage } from './audit-page.js';
import { creatorIdOf, filterOf, idOf, yearOf } from './filters.js';
import { PAGE_POLICY } from './html.js';
import { CREATOR_READS, payoutsCsv } from './payouts-csv.js';
import type { Download } from './send.js';
import { statementCsv, statementPage } from './statement-page.js';

export interface Asked {
  pool: pg.Pool;
  viewer: Viewer;
  url: URL;
  requestId: string;
  /** The headers alone leave nothing behind. */
  isRead: boolean;
}

const CSV = 'text/csv; charset=utf-8; header=present';
const HTML = 'text/html; charset=utf-8';

/** @throws Refusal */
export async function makeDownload(asked: Asked): Promise<Download> {
  const { pathname } = asked.url;
  if (pathname === '/exports/payouts.csv') return payouts(asked);
  if (pathname === '/exports/statement') return statement(asked);
  const reference = /^\/exports\/payouts\/([^/]+)\/audit$/.exec(pathname)?.[1];
  if (reference !== undefined) return audit(asked, reference);
  throw new Refusal('NOT_FOUND', 'There is no such export.');
}

async function payouts(asked: Asked): Promise<Download> {
  const { pool, viewer, url } = asked;
  const filter = filterOf(url.searchParams);
  await record(asked, 'payouts_exported', { ...filter });
  const pages = walkPayouts(pool, viewer, filter, CREATOR_READS);
  const day = new Date().toISOString().slice(0, 10);
  return { type: CSV, fileName: `payouts-${day}.csv`, body: payoutsCsv(pages, viewer.role === 'ADMIN') };
}

async function audit(asked: Asked, reference: string): Promise<Download> {
  const { pool, viewer, url } = asked;
  if (viewer.role !== 'ADMIN') throw new Refusal('FORBIDDEN', 'This is for admins.');
  parametersOf(url.searchParams, []);
  const trail = await auditTrail(pool, viewer, idOf('The reference', 'Payout', decoded(reference)));
  if (!trail) throw new Refusal('NOT_FOUND', 'There is no such payout.');
  await record(asked, 'payout_audit_exported', { payoutId: trail.payout.id });
  return htmlPage(`payout-${trail.payout.id}-audit.html`, auditPage(trail));
}

const STATEMENT_PARAMETERS = ['year', 'creatorId', 'format'] as const;

async function statement(asked: Asked): Promise<Download> {
  const { pool, viewer, url } = asked;
  const { year: given, creatorId, format = 'html' } = parametersOf(url.searchParams, STATEMENT_PARAMETERS);
  const year = yearOf(given);
  if (format !== 'html' && format !== 'csv') throw badInput('format is html or csv.');
  const whose = creatorId === undefined ? ownId(viewer) : creatorIdOf(creatorId);
  const found = await yearStatement(pool, viewer, whose, year);
  if (!found) throw new Refusal('NOT_FOUND', 'There is no such creator.');
  await record(asked, 'statement_exported', { creatorId: whose, year });
  if (format === 'html') return htmlPage(`statement-${year}.html`, statementPage(found));
  return { type: CSV, fileName: `statement-${year}.csv`, body: once(statementCsv(found)) };
}

function ownId(viewer: Viewer): string {
  if (viewer.role === 'CREATOR') return viewer.creatorId;
  throw badInput('creatorId must say whose statement it is.');
}

function record(
  { pool, viewer, requestId, isRead }: Asked,
  action: ExportAction,
  what: Readonly<Record<string, unknown>>,
): Promise<void> | undefined {
  if (!isRead) return undefined;
  return recordExport(pool, action, { name: viewer.sub, requestId }, what);
}

const htmlPage = (fileName: string, text: string): Download => ({
  type: HTML,
  fileName,
  inline: true,
  policy: PAGE_POLICY,
  body: once(text),
});

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badInput('This is not a reference.');
  }
}
