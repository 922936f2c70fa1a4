// What an e-mail says, in words for its reader: of the event that it tells, the payout as it stood then, and the reader's
// own way of writing amounts and dates.
import type { PayoutEmail, PayoutEmailProps } from '../emails/types.js';
import { failureWords } from '../payouts/explain.js';
import { formatCents } from '../payouts/money.js';
import { rowOfSnapshot } from '../payouts/row.js';
import type { ClaimedEmail } from './mail-outbox.js';

/** How e-mails are written where the reader has not said otherwise. */
export interface MailSettings {
  /** The sender's name. */
  brand: string;
  /** BCP 47, such as `en-US`. */
  locale: string;
}

export function wordsOf(email: ClaimedEmail, settings: MailSettings): PayoutEmail {
  const { template } = email;
  const props = commonOf(email, settings);
  if (template === 'PAYOUT_INITIATED' || template === 'PAYOUT_COMPLETED') return { template, props };
  const { status, failureCode, nextAttemptAt } = rowOfSnapshot(email.snapshot);
  const reason = failureWords(failureCode);
  if (template === 'PAYOUT_FAILED') return { template, props: { ...props, reason } };
  const nextAttempt = nextAttemptAt && formatTime(nextAttemptAt, props.locale);
  return { template, props: { ...props, reason: status === 'FAILED' ? reason : null, nextAttempt } };
}

function commonOf(email: ClaimedEmail, { brand, locale: usual }: MailSettings): PayoutEmailProps {
  const { id, amountCents, currency } = rowOfSnapshot(email.snapshot);
  const locale = email.locale ?? usual;
  return {
    brand,
    locale,
    name: email.creatorName,
    amount: formatCents(amountCents, currency, locale),
    period: email.periodStart && email.periodEnd && formatPeriod(email.periodStart, email.periodEnd, locale),
    reference: id,
    date: formatTime(email.occurredAt, locale),
  };
}

/** In UTC, and says so: where the reader is, nobody has told us. */
function formatTime(time: Date, locale: string): string {
  const parts = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  } as const;
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: 'UTC', timeZoneName: 'short' }).format(time);
}

/** Both days included; `YYYY-MM-DD`. */
function formatPeriod(start: string, end: string, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return format.formatRange(new Date(start), new Date(end));
}
