// Builds connected accounts. Whether transfers are active decides what an account still owes and whether it
// may pay out to its bank; nothing else of the account matters to transfers.
import type Stripe from 'stripe';
import { currencyOf } from './currencies.js';

/** What an account is made from, through the API or control. */
export interface AccountFacts {
  id: string;
  created: number;
  country: string;
  email: string | null;
  type: 'express' | 'standard' | 'custom' | 'none';
  /** `unrequested` accounts have no such capability at all. */
  transfers: 'active' | 'inactive' | 'pending' | 'unrequested';
  /** `recipient` accounts may be paid from another region by a US platform. */
  serviceAgreement: 'full' | 'recipient';
  businessType: string | null;
  defaultCurrency?: string | undefined;
  metadata: Record<string, string>;
}

const DUE = ['external_account', 'tos_acceptance.date', 'tos_acceptance.ip'];

export function newAccount(facts: AccountFacts): Stripe.Account {
  const { id, created, country, email, type, metadata, businessType, serviceAgreement } = facts;
  const ready = facts.transfers === 'active';
  return {
    id,
    object: 'account',
    business_profile: BUSINESS_PROFILE,
    business_type: businessType,
    capabilities: facts.transfers === 'unrequested' ? {} : { transfers: facts.transfers },
    charges_enabled: false,
    controller: controllerOf(type),
    country,
    created,
    default_currency: facts.defaultCurrency ?? currencyOf(country),
    details_submitted: ready,
    email,
    external_accounts: {
      object: 'list',
      data: [],
      has_more: false,
      url: `/v1/accounts/${id}/external_accounts`,
    },
    future_requirements: requirements(true),
    metadata,
    payouts_enabled: ready,
    requirements: requirements(ready),
    settings: SETTINGS,
    tos_acceptance: tosAcceptance(ready ? created : null, serviceAgreement),
    type,
  } satisfies Stripe.Account;
}

/** What the account still has to hand in. */
export function requirements(ready: boolean): Stripe.Account.Requirements {
  const due = ready ? [] : DUE;
  return {
    alternatives: [],
    current_deadline: null,
    currently_due: due,
    disabled_reason: ready ? null : 'requirements.past_due',
    errors: [],
    eventually_due: due,
    past_due: due,
    pending_verification: [],
  };
}

export function tosAcceptance(
  date: number | null,
  agreement: 'full' | 'recipient',
): Stripe.Account.TosAcceptance {
  return { date, ip: date === null ? null : '127.0.0.1', service_agreement: agreement, user_agent: null };
}

function controllerOf(type: AccountFacts['type']): Stripe.Account.Controller {
  const platformPays = type !== 'standard';
  return {
    fees: { payer: platformPays ? 'application_express' : 'account' },
    is_controller: true,
    losses: { payments: platformPays ? 'application' : 'stripe' },
    requirement_collection: type === 'custom' ? 'application' : 'stripe',
    stripe_dashboard: { type: type === 'standard' ? 'full' : type === 'express' ? 'express' : 'none' },
    type: 'application',
  };
}

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

const BUSINESS_PROFILE: Stripe.Account.BusinessProfile = {
  annual_revenue: null,
  estimated_worker_count: null,
  mcc: null,
  minority_owned_business_designation: null,
  name: null,
  product_description: null,
  specified_commercial_transactions_act_url: null,
  support_address: NO_ADDRESS,
  support_email: null,
  support_phone: null,
  support_url: null,
  url: null,
};

const SETTINGS: Stripe.Account.Settings = {
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_payments: {
    decline_on: { avs_failure: false, cvc_failure: false },
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: null, timezone: 'Etc/UTC' },
  payments: {
    statement_descriptor: null,
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  payouts: {
    debit_negative_balances: true,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  },
};
