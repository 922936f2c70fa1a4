// What an export's address says: which rows. Whatever cannot be meant is refused in a sentence; nothing is passed over,
// since an export of more than was asked for looks like the one that was.
import { PayoutStatus } from '../../generated/prisma/enums.js';
import type { PayoutFilter } from '../../payouts/lists/conditions.js';
import { isText } from '../../payouts/text.js';
import { parametersOf } from '../parameters.js';
import { badInput } from '../refusal.js';

const FILTERS = ['status', 'creatorId', 'from', 'to'] as const;

/** @throws Refusal */
export function filterOf(query: URLSearchParams): PayoutFilter {
  const { status, creatorId, from, to } = parametersOf(query, FILTERS);
  return {
    status: status === undefined ? undefined : statusesOf(status),
    creatorId: creatorId === undefined ? undefined : creatorIdOf(creatorId),
    createdAt: {
      gte: from === undefined ? undefined : momentOf('from', from),
      lt: to === undefined ? undefined : momentOf('to', to),
    },
  };
}

function statusesOf(text: string): PayoutStatus[] {
  const all = Object.values(PayoutStatus);
  return text.split(',').map((part) => {
    const status = all.find((one) => one === part.trim());
    if (!status) throw badInput(`status is none of ${all.join(', ')}, or several with commas between them.`);
    return status;
  });
}

/** An opaque id of the API, or the creator's own. @throws Refusal */
export function creatorIdOf(text: string): string {
  return idOf('creatorId', 'Creator', text);
}

/** @throws Refusal for an id of something else, or none at all */
export function idOf(name: string, type: string, text: string): string {
  const [, typename, id] = /^([A-Z]\w*):(.{1,255})$/s.exec(Buffer.from(text, 'base64').toString()) ?? [];
  const meant = typename === undefined ? text : typename === type ? (id ?? '') : '';
  if (/^[\w-]{1,255}$/.test(meant) && isText(meant)) return meant;
  throw badInput(`${name} is not the id of a ${type.toLowerCase()}.`);
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** A date, or a date-time; UTC where it names no zone. */
function momentOf(name: string, text: string): Date {
  // A plus that was not escaped has become a space.
  const written = text.replace(/ (?=\d{2}:\d{2}$)/, '+');
  const zoned = DATE.test(written) || /(Z|[+-]\d{2}:\d{2})$/.test(written) ? written : `${written}Z`;
  const moment = new Date(zoned);
  const known = DATE.test(written) || DATE_TIME.test(written);
  if (known && isDay(written.slice(0, 10)) && !Number.isNaN(moment.getTime())) return moment;
  throw badInput(`${name} is not a date such as 2026-08-01, or a time such as 2026-08-01T06:00:00Z.`);
}

/** `2026-02-30` would become a day of March. */
function isDay(text: string): boolean {
  const day = new Date(text);
  return !text.startsWith('0000') && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const YEAR = /^20\d\d$/;

/** @throws Refusal */
export function yearOf(text: string | undefined): number {
  if (text === undefined || !YEAR.test(text)) throw badInput('year must be one such as 2026.');
  return Number(text);
}
