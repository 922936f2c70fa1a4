// Sends a statement file to the API, and tells how much of it has been sent: what fetch does not tell of.
import { endSession, tokenNow } from '../session/session.js';
import type { Problem } from './errors.js';

/** What is shown of the API's report on a file: see docs/imports.md. */
export interface ImportReport {
  outcome: 'imported' | 'already_imported' | 'refused' | 'dry_run';
  wouldBe: 'imported' | 'refused' | null;
  fileName: string;
  format: string;
  currency: string;
  rows: number;
  statements: ReportedStatement[];
  problems: { line: number; reason: string }[];
  problemCounts: { code: string; rows: number; sum: string; unreadable: number }[];
  unknownCreators: { name: string; rows: number; sum: string }[];
  unknownCreatorCount: number;
  totals: { statements: number; amountCents: string; goodRows: number; badRows: number };
  previousImport: PreviousImport | null;
}

export interface ReportedStatement {
  externalId: string;
  creatorId: string;
  creator: string;
  periodStart: string;
  periodEnd: string;
  amountCents: number;
  /** A decimal, exact. */
  carriedOut: string;
  overlaps: { periodStart: string; periodEnd: string } | null;
}

export interface PreviousImport {
  fileName: string;
  importedAt: string;
  importedBy: string;
  statements: number;
  skippedRows: number;
  amountCents: string;
}

export interface ImportWish {
  dryRun: boolean;
  skipBad: boolean;
  allowOverlap: boolean;
  /** What was shown, and nothing else, is imported. */
  expectedCents?: string;
}

export interface Refused {
  problem: Problem;
  code: string | null;
  /** What is said more of it, on lines of its own. */
  detail?: string;
}

export type Answer = { report: ImportReport } | Refused;

/** The bytes of a file are known again, whatever has become of the answer. */
const AGAIN = 'Choose the file again: if it went in you are told so, and nothing goes in twice.';

/** @param onSent is told which share of the file has been sent @throws DOMException when it is called off */
export function sendFile(
  file: File,
  wish: ImportWish,
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const request = new XMLHttpRequest();
  request.open('POST', `/imports/statements?${parametersOf(file, wish)}`);
  request.setRequestHeader('authorization', `Bearer ${tokenNow()}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.responseType = 'json';
  request.upload.onprogress = ({ loaded, total }) => onSent(loaded / Math.max(1, total));
  signal.addEventListener('abort', () => request.abort());
  return new Promise((resolve, reject) => {
    request.onload = () => resolve(answerOf(request));
    request.onerror = () =>
      resolve({
        ...refused('The server was not reached, or it fell silent.'),
        ...(!wish.dryRun && { detail: AGAIN }),
      });
    request.onabort = () => reject(signal.reason);
    request.send(file);
  });
}

/** What a file may be called at all; a longer name is cut at its front, where it says the least. */
function parametersOf({ name }: File, wish: ImportWish): string {
  const fileName = name.replaceAll(/\p{Cc}/gu, ' ').slice(-255);
  const flags = Object.entries(wish).map(([flag, is]) => [flag, String(is)]);
  return new URLSearchParams([...flags, ['fileName', fileName]]).toString();
}

interface ApiError {
  error: string;
  code?: string;
  requestId?: string;
}

function answerOf({ status, response }: XMLHttpRequest): Answer {
  if (status === 401) endSession('expired');
  const body = response as ImportReport | ApiError | null;
  if (body && 'outcome' in body) return { report: body };
  if (!body?.code) return refused('Something went wrong on our side.', null, body?.requestId);
  const [message = '', ...detail] = body.error.split('\n');
  return { ...refused(message, body.code), ...(detail.length > 0 && { detail: detail.join('\n') }) };
}

const refused = (message: string, code: string | null = null, requestId: string | null = null): Refused => ({
  problem: { message, requestId, offline: false },
  code,
});
