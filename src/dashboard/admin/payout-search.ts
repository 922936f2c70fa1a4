// The payouts list's state as it stands in the address: what is filtered, searched and how it is ordered.
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { PayoutFilter, PayoutOrder, PayoutOrderField, PayoutStatus } from '../gql/graphql.js';

export interface PayoutSearch {
  status?: PayoutStatus;
  /** Those that somebody must decide about. */
  wait?: 'held' | 'approval';
  q?: string;
  creator?: string;
  /** Days as the reader counts them, `2026-01-31`; both included. */
  from?: string;
  to?: string;
  /** In whole units of the currency. */
  min?: number;
  max?: number;
  sort?: Sort;
}

export type Sort = `${'' | '-'}${'created' | 'updated' | 'amount'}`;

export function usePayoutSearch() {
  const search: PayoutSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (next: Partial<PayoutSearch>) =>
    void navigate({
      to: '.',
      search: tidy({ ...search, ...next }) as never,
      replace: true,
      resetScroll: false,
    });
  return { search, change };
}

/** What is not filtered by does not stand in the address. */
const tidy = (search: PayoutSearch) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''));

const startOfDay = (day: string) => new Date(`${day}T00:00:00`);

function dayAfter(day: string): Date {
  const next = startOfDay(day);
  next.setDate(next.getDate() + 1);
  return next;
}

const isoOf = (date: Date) => (Number.isNaN(date.getTime()) ? undefined : date.toISOString());

export function filterOf({ status, wait, q, creator, from, to, min, max }: PayoutSearch): PayoutFilter {
  return {
    ...(status && { status: { in: [status] } }),
    ...(wait === 'held' && { held: true }),
    ...(wait === 'approval' && { awaitingApproval: true }),
    ...(q && { search: String(q) }),
    ...(creator && { creatorId: creator }),
    ...limits('createdAt', { gte: from && isoOf(startOfDay(from)), lt: to && isoOf(dayAfter(to)) }),
    ...limits('amountCents', { gte: centsOf(min), lte: centsOf(max) }),
  };
}

/** Only those that are set: the cache tells lists apart by what is asked. */
function limits(name: 'createdAt' | 'amountCents', values: Record<string, unknown>): PayoutFilter {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return set.length > 0 ? { [name]: Object.fromEntries(set) } : {};
}

const centsOf = (units: number | undefined) =>
  units === undefined ? undefined : Math.round(Number(units) * 100);

const FIELDS: Record<string, PayoutOrderField> = {
  created: 'CREATED_AT',
  updated: 'UPDATED_AT',
  amount: 'AMOUNT_CENTS',
};

export const NEWEST: Sort = '-created';

export function orderOf(sort: Sort = NEWEST): PayoutOrder {
  return {
    field: FIELDS[sort.replace('-', '')] ?? 'CREATED_AT',
    direction: sort.startsWith('-') ? 'DESC' : 'ASC',
  };
}
