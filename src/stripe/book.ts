// Stripe's books of a period, page by page.
import type Stripe from 'stripe';
import type { ListedTransfer, StripePeriod, TransferBook } from '../payouts/ports.js';
import { asked, orMissing } from './ask.js';
import { transferFact } from './transfers.js';

/** How each request is sent: at whose pace, and how often where Stripe does not answer. */
export type Send = <T>(endpoint: string, request: () => Promise<T>) => Promise<T>;

const atOnce: Send = (_endpoint, request) => request();

export function createTransferBook(stripe: Stripe, send: Send = atOnce): TransferBook {
  return {
    created: (period) => created(stripe, send, period),
    reversed: (period) => reversed(stripe, send, period),
  };
}

async function* created(stripe: Stripe, send: Send, period: StripePeriod): AsyncGenerator<ListedTransfer[]> {
  const pages = pagesOf((after) =>
    send('transfers.list', () =>
      asked('/v1/transfers', () =>
        stripe.transfers.list({ created: secondsOf(period), limit: PAGE, ...after }),
      ),
    ),
  );
  for await (const page of pages) yield page.map(listed);
}

/**
 * Found by the balance transactions: each reversal has one for good, whoever made it, and its `created` is the
 * reversal's own. Events say the same for thirty days only, and the list of transfers knows no time but the making.
 * What they name is read as it stands now, each transfer once.
 */
async function* reversed(stripe: Stripe, send: Send, period: StripePeriod): AsyncGenerator<ListedTransfer[]> {
  const query = {
    type: 'transfer_refund',
    created: secondsOf(period),
    limit: PAGE,
    expand: ['data.source'],
  } as const;
  const pages = pagesOf((after) =>
    send('balance_transactions.list', () =>
      asked('/v1/balance_transactions', () =>
        stripe.balanceTransactions.list({ ...query, expand: [...query.expand], ...after }),
      ),
    ),
  );
  const read = new Set<string>();
  for await (const page of pages) {
    const ids = [...new Set(page.map(({ source }) => transferOf(source)))].filter((id) => !read.has(id));
    const transfers: ListedTransfer[] = [];
    for (const id of ids) {
      read.add(id);
      // One that Stripe has no more is missed where our own payouts are looked at.
      const transfer = await send('transfers.retrieve', () =>
        orMissing(asked('/v1/transfers/{id}', () => stripe.transfers.retrieve(id))),
      );
      if (transfer) transfers.push(listed(transfer));
    }
    yield transfers;
  }
}

/** @throws Error where it is something else: a reversal that was not seen must not count as seen */
function transferOf(source: Stripe.BalanceTransaction['source']): string {
  if (typeof source === 'string' && source.startsWith('tr_')) return source;
  if (source && typeof source === 'object') {
    if (source.object === 'transfer') return source.id;
    if (source.object === 'transfer_reversal') {
      return typeof source.transfer === 'string' ? source.transfer : source.transfer.id;
    }
  }
  throw new Error('Stripe names no transfer in a reversal of its balance transactions');
}

const PAGE = 100;

type Listed = { data: { id: string }[]; has_more: boolean };

/** Newest first. What is made meanwhile comes before the first page and moves no other one. */
async function* pagesOf<L extends Listed>(
  read: (after: { starting_after?: string }) => Promise<L>,
): AsyncGenerator<L['data']> {
  let after: { starting_after?: string } = {};
  for (;;) {
    const { data, has_more } = await read(after);
    if (data.length > 0) yield data;
    const last = data.at(-1);
    if (!has_more || !last) return;
    after = { starting_after: last.id };
  }
}

/** Stripe's times are whole seconds: the one in which the period ends is read too. */
function secondsOf({ start, end }: StripePeriod): Stripe.RangeQueryParam {
  return { gte: Math.floor(start.getTime() / 1000), lt: Math.ceil(end.getTime() / 1000) };
}

const listed = (transfer: Stripe.Transfer): ListedTransfer => ({
  ...transferFact(transfer),
  createdAt: new Date(transfer.created * 1000),
});
