// Control routes for what people and Stripe do: accounts, their readiness and bank leg, reversals.
import type Stripe from 'stripe';
import { createAccount, deleteAccount, payOutToBank, updateAccount } from './accounts.js';
import type { ControlInput, ControlRoute } from './control-route.js';
import { changeByControl, countryOf } from './core.js';
import { ControlError, Fields } from './fields.js';
import { newId } from './ids.js';
import { reverseTransfer } from './ledger.js';
import { failTransfer } from './legacy.js';
import type { ReversalRow } from './rows.js';

const CAPABILITY = ['active', 'inactive', 'pending'] as const;
const AGREEMENT = ['full', 'recipient'] as const;

export const ACTOR_ROUTES: ControlRoute[] = [
  {
    method: 'POST',
    path: '/_control/accounts',
    help: '{id?: acct_…, transfers?: active | inactive | pending, country?, email?, serviceAgreement?: full | recipient}',
    handle: addAccount,
  },
  {
    method: 'POST',
    path: '/_control/accounts/:id',
    help: '{transfers?, payoutsEnabled?, country?, email?, serviceAgreement?}; emits capability.updated and account.updated',
    handle: changeAccount,
  },
  {
    method: 'DELETE',
    path: '/_control/accounts/:id',
    help: 'deletes the account',
    handle: ({ core, ids }) => changeByControl(core, (change) => deleteAccount(change, ids.id ?? '')),
  },
  {
    method: 'POST',
    path: '/_control/accounts/:id/bank_payouts',
    help: '{status: paid | failed, amount?: cents, currency?, id?: po_… to go on with, failureCode?}; emits payout.paid or payout.failed',
    handle: bankPayout,
  },
  {
    method: 'POST',
    path: '/_control/transfers/:id/reverse',
    help: '{amount?: cents}; absent, all that is left',
    handle: reverse,
  },
  {
    method: 'POST',
    path: '/_control/transfers/:id/fail',
    help: '{gone?: true}: it fails after it was made, as in older API versions; the API shows that, or knows it no more',
    handle: fail,
  },
];

function addAccount({ core, body }: ControlInput): Stripe.Account {
  const fields = new Fields(body, 'id', 'transfers', 'country', 'email', 'serviceAgreement');
  const id = fields.text('id') ?? newId('acct', 16);
  if (!/^acct_\w+$/.test(id)) throw new ControlError('id must look like acct_…');
  if (core.store.get('accounts', id)) throw new ControlError(`${id} exists`, 409);
  const facts = {
    id,
    created: core.clock.seconds(),
    country: fields.text('country') ?? countryOf(core),
    email: fields.text('email') ?? null,
    type: 'express',
    transfers: fields.oneOf('transfers', CAPABILITY) ?? 'inactive',
    serviceAgreement: fields.oneOf('serviceAgreement', AGREEMENT) ?? 'full',
    businessType: 'individual',
    metadata: {},
  } as const;
  return changeByControl(core, (change) => createAccount(change, facts));
}

function changeAccount({ core, ids, body }: ControlInput): Stripe.Account {
  const fields = new Fields(body, 'transfers', 'payoutsEnabled', 'country', 'email', 'serviceAgreement');
  const update = {
    transfers: fields.oneOf('transfers', CAPABILITY),
    payoutsEnabled: fields.flag('payoutsEnabled'),
    country: fields.text('country'),
    email: fields.text('email'),
    serviceAgreement: fields.oneOf('serviceAgreement', AGREEMENT),
  };
  return changeByControl(core, (change) => updateAccount(change, ids.id ?? '', update));
}

function bankPayout({ core, ids, body }: ControlInput): Stripe.Payout {
  const fields = new Fields(body, 'id', 'amount', 'currency', 'status', 'failureCode');
  const asked = {
    id: fields.text('id'),
    amount: fields.count('amount'),
    currency: fields.text('currency'),
    status: fields.required('status', fields.oneOf('status', ['paid', 'failed'] as const)),
    failureCode: fields.text('failureCode'),
  };
  return changeByControl(core, (change) => payOutToBank(change, ids.id ?? '', asked));
}

function fail({ core, ids, body }: ControlInput): Stripe.Transfer {
  const gone = new Fields(body, 'gone').flag('gone') ?? false;
  return changeByControl(core, (change) => failTransfer(change, ids.id ?? '', gone));
}

function reverse({ core, ids, body }: ControlInput): ReversalRow {
  const amount = new Fields(body, 'amount').count('amount');
  const request = { amount, metadata: {}, force: true };
  return changeByControl(core, (change) => reverseTransfer(change, ids.id ?? '', request));
}
