// /v1/accounts, their transfers capability, and /v1/account_links.
import type Stripe from 'stripe';
import { newAccount } from './account-object.js';
import { createAccount, deleteAccount, updateAccount } from './accounts.js';
import type { ApiRoute, HandlerInput, Work } from './api-call.js';
import { type Change, countryOf, platform } from './core.js';
import { accountInvalid, invalid, missing } from './errors.js';
import { newId } from './ids.js';
import { LIST_PARAMS, list, pageOf, within } from './lists.js';
import { applyMetadata } from './metadata.js';
import { showCapability } from './objects.js';
import { createLink } from './onboarding.js';
import type { Params } from './reader.js';
import type { AccountRow } from './rows.js';

export const ACCOUNT_ROUTES: ApiRoute[] = [
  { method: 'GET', path: '/v1/account', handle: retrieveOwn },
  { method: 'POST', path: '/v1/accounts', handle: create },
  { method: 'GET', path: '/v1/accounts', handle: listAccounts },
  { method: 'GET', path: '/v1/accounts/:id', handle: retrieve },
  { method: 'POST', path: '/v1/accounts/:id', handle: update },
  { method: 'DELETE', path: '/v1/accounts/:id', handle: remove },
  { method: 'GET', path: '/v1/accounts/:id/capabilities/:capability', handle: retrieveCapability },
  { method: 'POST', path: '/v1/account_links', handle: link },
];

// Taken without a look inside: they do not matter to transfers.
const OPAQUE = [
  'account_token',
  'business_profile',
  'company',
  'documents',
  'external_account',
  'groups',
  'individual',
  'settings',
];
const SHARED = [
  'business_type',
  'capabilities',
  'default_currency',
  'email',
  'metadata',
  'tos_acceptance',
  ...OPAQUE,
];

function create({ core, params }: HandlerInput): Work {
  params.allow('country', 'type', 'controller', ...SHARED);
  const type = params.oneOf('type', ['express', 'standard', 'custom']);
  if (type !== undefined && params.has('controller')) {
    throw invalid('You may only specify one of these parameters: type, controller.', 'parameters_exclusive');
  }
  const facts = {
    country: countryParam(params) ?? countryOf(core),
    email: params.text('email') ?? null,
    type: type ?? (params.has('controller') ? 'none' : 'standard'),
    transfers: transfersRequested(params) ? 'inactive' : 'unrequested',
    serviceAgreement: agreementOf(params) ?? 'full',
    businessType: params.text('business_type') ?? null,
    defaultCurrency: params.text('default_currency'),
    metadata: applyMetadata({}, params.metadata('metadata')),
  } as const;
  return (change) =>
    createAccount(change, { ...facts, id: newId('acct', 16), created: core.clock.seconds() });
}

function countryParam(params: Params): string | undefined {
  const country = params.text('country');
  if (country === undefined || /^[A-Z]{2}$/.test(country)) return country;
  throw invalid(
    `Country '${country}' is unknown. Try using a 2-character alphanumeric country code instead.`,
    'country_code_invalid',
    'country',
  );
}

function transfersRequested(params: Params): boolean {
  const capabilities = params.nested('capabilities');
  for (const name of capabilities.names()) capabilities.nested(name).allow('requested').flag('requested');
  return capabilities.nested('transfers').flag('requested') ?? false;
}

function agreementOf(params: Params): 'full' | 'recipient' | undefined {
  const acceptance = params.nested('tos_acceptance').allow('date', 'ip', 'service_agreement', 'user_agent');
  return acceptance.oneOf('service_agreement', ['full', 'recipient']);
}

function update({ params, ids, apiKey }: HandlerInput): Work {
  params.allow(...SHARED);
  const email = params.text('email');
  const metadata = params.metadata('metadata');
  const requested = transfersRequested(params);
  const serviceAgreement = agreementOf(params);
  return (change) => {
    const { account } = known(change, ids, apiKey);
    const transfers = requested && account.capabilities?.transfers === undefined ? 'inactive' : undefined;
    const merged = metadata === undefined ? undefined : applyMetadata(account.metadata ?? {}, metadata);
    return updateAccount(change, account.id, { email, transfers, serviceAgreement, metadata: merged });
  };
}

function retrieve({ params, ids, apiKey }: HandlerInput): Work {
  params.allow();
  return (change) => {
    if (ids.id === platform(change.core).accountId) return own(change);
    return known(change, ids, apiKey).account;
  };
}

function retrieveOwn({ params }: HandlerInput): Work {
  params.allow();
  return own;
}

function own({ core }: Change): Stripe.Account {
  const { accountId: id, created } = platform(core);
  const facts = { email: null, businessType: null, metadata: {}, serviceAgreement: 'full' } as const;
  return newAccount({
    ...facts,
    id,
    created,
    country: countryOf(core),
    type: 'standard',
    transfers: 'active',
  });
}

function remove({ params, ids, apiKey }: HandlerInput): Work {
  params.allow();
  return (change) => deleteAccount(change, known(change, ids, apiKey).id);
}

function listAccounts({ core, params }: HandlerInput): Work {
  params.allow('created', ...LIST_PARAMS);
  const page = pageOf(params);
  const created = params.range('created');
  const matches = (row: AccountRow) => !row.deleted && within(row.created, created);
  const show = ({ account }: AccountRow) => account;
  const table = core.store.table('accounts');
  return () => list({ table, kind: 'account', url: '/v1/accounts', matches, show }, page);
}

function retrieveCapability({ params, ids, apiKey }: HandlerInput): Work {
  params.allow();
  return (change) => {
    const { account } = known(change, ids, apiKey);
    const name = ids.capability ?? '';
    if (name !== 'transfers') throw missing('capability', name, 'capability');
    return showCapability(account);
  };
}

function link({ params }: HandlerInput): Work {
  params.allow('account', 'type', 'collect', 'collection_options', 'refresh_url', 'return_url');
  const account = params.required('account');
  if (params.required('type') === 'account_update')
    throw invalid('Only account_onboarding links can be made for this account.', undefined, 'type');
  params.oneOf('type', ['account_onboarding']);
  const refreshUrl = urlOf(params, 'refresh_url');
  const returnUrl = urlOf(params, 'return_url');
  return (change) => createLink(change, { account, refreshUrl, returnUrl });
}

function urlOf(params: Params, name: string): string {
  const url = params.required(name);
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw invalid('Not a valid URL', 'url_invalid', name);
}

function known({ tx }: Change, ids: Record<string, string>, apiKey: string): AccountRow {
  const id = ids.id ?? '';
  const row = tx.get('accounts', id);
  if (!row || row.deleted) throw accountInvalid(apiKey, id);
  return row;
}
