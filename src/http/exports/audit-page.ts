// The audit of a payout as a page: who did what, when and why, what it changed, and whether the chain of hashes holds.
import type { AuditTrail, Change, TrailEntry } from '../../payouts/exports/audit-trail.js';
import { formatCents } from '../../payouts/money.js';
import type { AuditFault, AuditFinding } from '../../payouts/verify-audit.js';
import { type Html, html, page, table } from './html.js';

export function auditPage(trail: AuditTrail): string {
  const { payout, creatorName, entries, findings } = trail;
  const amount = formatCents(payout.amountCents, payout.currency);
  const body = html`<h1>Audit of payout ${payout.id}</h1>
<p>${amount} to ${creatorName}: ${payout.status}. ${payout.stripeTransferId ? `Stripe's transfer ${payout.stripeTransferId}.` : 'It has no transfer.'}</p>
${verdict(entries.length, findings)}
${table(
  COLUMNS,
  entries.map((entry) => cells(entry, payout.currency)),
)}
<p><small>Times are UTC. Each row's hash is over the row and the hash before it.</small></p>`;
  return page(`Audit of payout ${payout.id}`, body);
}

const COLUMNS = [
  { title: 'Row', right: true },
  { title: 'When' },
  { title: 'Who' },
  { title: 'What' },
  { title: 'Why' },
  { title: 'Before → after' },
] as const;

const WORDS: Readonly<Record<AuditFault, string>> = {
  edited: 'was edited',
  unlinked: 'does not follow the row before it: that one was edited, replaced or put in',
  missing_before: 'has lost the rows before it',
  missing_at_end: 'is missing at the end',
  put_in: 'was put in: it explains no change of the payout',
};

function verdict(rows: number, findings: readonly AuditFinding[]): Html {
  if (findings.length === 0) {
    return html`<p>Verified: all ${rows} rows hold, and none is missing.</p>`;
  }
  const items = findings.map(({ sequence, fault }) => html`<li>Row ${sequence} ${WORDS[fault]}.</li>`);
  return html`<div class="bad"><p>The chain does not hold.</p><ul>${items}</ul></div>`;
}

function cells(entry: TrailEntry, currency: string): (string | Html)[] {
  const changes = entry.changes.map((change) => html`<li>${inWords(change, currency)}</li>`);
  return [
    String(entry.sequence),
    entry.at.slice(0, 19).replace('T', ' '),
    html`${entry.actor}${entry.requestId ? html`<br><small>${entry.requestId}</small>` : ''}`,
    html`${entry.action.replaceAll('_', ' ')}<br><small><code>${entry.hash.slice(0, 12)}</code></small>`,
    entry.reason ?? '',
    html`<ul>${changes}</ul>`,
  ];
}

function inWords({ field, before, after }: Change, currency: string): string {
  const name = field.replace(/([A-Z])/g, ' $1').toLowerCase();
  const told = (value: unknown) => valueInWords(field, value, currency);
  if (before === undefined || before === null) return `${name}: ${told(after)}`;
  return `${name}: ${told(before)} → ${told(after)}`;
}

function valueInWords(field: string, value: unknown, currency: string): string {
  if (value === undefined || value === null) return 'none';
  if (field.endsWith('Cents') && typeof value === 'number') return formatCents(value, currency);
  if (field.endsWith('At') && typeof value === 'string') return value.slice(0, 19).replace('T', ' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
