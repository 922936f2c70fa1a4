// Amounts: whole cents of one currency, never floating point.

/** What may be paid in one payout. */
export interface AmountLimits {
  /** Lower-case ISO code, as Stripe writes it. */
  currency: string;
  minimumCents: number;
  maximumCents: number;
  /** More than that is sent only once a second admin has approved it; null: whatever the amount. */
  approvalAboveCents: number | null;
}

/**
 * `$1,234.56`: for people, in messages, as they write it where the locale is. The division makes text only; nothing is
 * computed with it.
 */
export function formatCents(cents: number, currency: string, locale = 'en-US'): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  return format.format(cents / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
