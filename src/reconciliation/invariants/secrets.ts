// Invariant 13: no secret, token, bank detail or e-mail address in what is stored for people to read.
import type { Check } from './check.js';

/** As Postgres writes it. Keys that Stripe has masked itself (`sk_test_****`) are none. */
const SECRET = [
  '(sk|rk)_(live|test)_[A-Za-z0-9]{3}',
  'whsec_[A-Za-z0-9]{3}',
  '[Bb]earer\\s+[A-Za-z0-9._~+/=-]{8}',
  'eyJ[A-Za-z0-9_-]{8,}\\.eyJ',
  // A login in an address, such as that of a database.
  '[a-z][a-z0-9+.-]*://[^\\s/:@]*:[^\\s/@]+@',
  '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2}',
  // An IBAN.
  '\\m[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\\M',
].join('|');

/** Where such words are kept: table, column, and the column that names the payout. */
const PLACES: readonly [table: string, column: string, payoutId: string][] = [
  ['payouts', 'failed_reason', 'id'],
  ['payouts', 'control_reason', 'id'],
  ['payout_attempts', 'error_message', 'payout_id'],
  ['payout_events', 'reason', 'payout_id'],
  ['payout_events', "snapshot->>'failedReason'", 'payout_id'],
  ['audit_events', 'reason', 'payout_id'],
  ['webhook_events', 'error', 'NULL'],
  ['alerts', 'message', 'payout_id'],
  ['alerts', 'details', 'payout_id'],
  ['processing_switch', 'reason', 'NULL'],
  ['reconciliation_runs', 'error', 'NULL'],
  ['reconciliation_items', 'details', 'payout_id'],
  ['reconciliation_items', 'resolution', 'payout_id'],
];

/** The finding says where it stands, and never what it is. */
export const SECRET_CHECKS: readonly Check[] = PLACES.map(([table, column, payoutId]) => ({
  invariant: 13,
  what: `a secret or an address stands in ${table}.${column}`,
  sql: `SELECT ${payoutId}::text AS payout_id, jsonb_build_object('row', id) AS details FROM ${table}
    WHERE (${column})::text ~ '${SECRET}'`,
}));
