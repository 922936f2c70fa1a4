// /v1/transfers and their reversals: reads and checks parameters, then leaves the work to the ledger.
import type { ApiRoute, HandlerInput, Work } from './api-call.js';
import type { Core } from './core.js';
import { CURRENCIES } from './currencies.js';
import { invalid, missing } from './errors.js';
import { createTransfer, MAX_AMOUNT, reverseTransfer, updateTransfer } from './ledger.js';
import { LIST_PARAMS, list, pageOf, within } from './lists.js';
import { applyMetadata } from './metadata.js';
import { transferAsItStands } from './objects.js';
import type { Params } from './reader.js';
import type { ReversalRow, TransferRow } from './rows.js';
import type { TransferRequest } from './transfer-checks.js';

export const TRANSFER_ROUTES: ApiRoute[] = [
  { method: 'POST', path: '/v1/transfers', handle: create },
  { method: 'GET', path: '/v1/transfers', handle: listTransfers },
  { method: 'GET', path: '/v1/transfers/:id', handle: retrieve },
  { method: 'POST', path: '/v1/transfers/:id', handle: update },
  { method: 'POST', path: '/v1/transfers/:id/reversals', handle: reverse },
  { method: 'GET', path: '/v1/transfers/:id/reversals', handle: listReversals },
  { method: 'GET', path: '/v1/transfers/:id/reversals/:reversal', handle: retrieveReversal },
];

const CREATE_PARAMS = [
  'amount',
  'currency',
  'description',
  'destination',
  'metadata',
  'source_transaction',
  'source_type',
  'transfer_group',
];

function create({ params }: HandlerInput): Work {
  params.allow(...CREATE_PARAMS);
  const request: TransferRequest = {
    amount: amountOf(params),
    currency: currencyOf(params),
    destination: params.required('destination'),
    description: params.clearable('description') ?? null,
    metadata: applyMetadata({}, params.metadata('metadata')),
    transferGroup: params.text('transfer_group') ?? null,
    sourceType: params.oneOf('source_type', ['card', 'bank_account', 'fpx']) ?? 'card',
  };
  const charge = params.text('source_transaction');
  return (change) => {
    // There are no charges here, so none can fund a transfer.
    if (charge !== undefined) throw missing('charge', charge, 'source_transaction', 400);
    return createTransfer(change, request);
  };
}

function amountOf(params: Params): number {
  const amount = params.requiredInteger('amount', 1);
  if (amount <= MAX_AMOUNT) return amount;
  throw invalid('Amount must be no more than $999,999.99', 'amount_too_large', 'amount');
}

function currencyOf(params: Params): string {
  const currency = params.required('currency').toLowerCase();
  if (CURRENCIES.has(currency)) return currency;
  const known = [...CURRENCIES].join(', ');
  throw invalid(
    `Invalid currency: ${currency}. Stripe currently supports these currencies: ${known}`,
    undefined,
    'currency',
  );
}

function listTransfers({ core, params }: HandlerInput): Work {
  params.allow('created', 'destination', 'transfer_group', ...LIST_PARAMS);
  const page = pageOf(params);
  const created = params.range('created');
  const destination = params.text('destination');
  const group = params.text('transfer_group');
  const matches = (row: TransferRow) =>
    within(row.created, created) &&
    (destination === undefined || row.destination === destination) &&
    (group === undefined || row.transfer_group === group);
  const show = (row: TransferRow) => transferAsItStands(core, row);
  const table = core.store.table('transfers');
  return () => list({ table, kind: 'transfer', url: '/v1/transfers', matches, show }, page);
}

function retrieve({ core, params, ids }: HandlerInput): Work {
  params.allow();
  return () => transferAsItStands(core, rowOf(core, ids));
}

function update({ core, params, ids }: HandlerInput): Work {
  params.allow('description', 'metadata');
  const description = params.clearable('description');
  const metadata = params.metadata('metadata');
  return (change) => {
    const row = rowOf(core, ids);
    return updateTransfer(change, row.id, {
      ...(description === undefined ? {} : { description }),
      ...(metadata === undefined ? {} : { metadata: applyMetadata(row.metadata, metadata) }),
    });
  };
}

function reverse({ params, ids }: HandlerInput): Work {
  params.allow('amount', 'description', 'metadata', 'refund_application_fee');
  const amount = params.integer('amount', 1);
  params.text('description');
  params.flag('refund_application_fee');
  const metadata = applyMetadata({}, params.metadata('metadata'));
  return (change) => reverseTransfer(change, ids.id ?? '', { amount, metadata, force: false });
}

function listReversals({ core, params, ids }: HandlerInput): Work {
  params.allow(...LIST_PARAMS);
  const page = pageOf(params);
  return () => {
    const { id } = rowOf(core, ids);
    const url = `/v1/transfers/${id}/reversals`;
    const matches = (row: ReversalRow) => row.transfer === id;
    const table = core.store.table('reversals');
    return list({ table, kind: 'transfer reversal', url, matches, show: (row) => row }, page);
  };
}

function retrieveReversal({ core, params, ids }: HandlerInput): Work {
  params.allow();
  const id = ids.reversal ?? '';
  return () => {
    const row = core.store.get('reversals', id);
    if (!row || row.transfer !== rowOf(core, ids).id) throw missing('transfer reversal', id, 'id');
    return row;
  };
}

function rowOf(core: Core, ids: Record<string, string>): TransferRow {
  const id = ids.id ?? '';
  const row = core.store.get('transfers', id);
  if (!row) throw missing('transfer', id, 'id');
  return row;
}
