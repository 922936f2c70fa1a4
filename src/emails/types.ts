// What a template is given: texts that are ready to be read. It computes nothing and knows nothing else.

/** What every e-mail about a payout says. */
export interface PayoutEmailProps {
  /** Who sends it, as the reader knows them: `Acme Royalties`. */
  brand: string;
  /** The reader's name. */
  name: string;
  /** In the reader's format: `$1,234.56`. */
  amount: string;
  /** What it is paid for, such as a statement's period; null: no statement. */
  period: string | null;
  /** What support finds it by. */
  reference: string;
  /** When what it tells of happened, in the reader's format. */
  date: string;
  /** BCP 47, such as `en-US`. */
  locale: string;
}

/** Why a payment was not made, in words for the reader. */
export interface Reason {
  what: string;
  /** What only the reader can mend; null: nothing. */
  todo: string | null;
  /** What follows where it is not tried again. */
  next: string;
}

export interface PayoutFailedProps extends PayoutEmailProps {
  reason: Reason;
}

export interface PayoutRetryingProps extends PayoutEmailProps {
  /** Null: somebody had it tried again, whatever the reason was. */
  reason: Reason | null;
  /** When it is tried again, in the reader's format; null: now. */
  nextAttempt: string | null;
}

/** One e-mail: which template, and with what. */
export type PayoutEmail =
  | { template: 'PAYOUT_INITIATED'; props: PayoutEmailProps }
  | { template: 'PAYOUT_COMPLETED'; props: PayoutEmailProps }
  | { template: 'PAYOUT_FAILED'; props: PayoutFailedProps }
  | { template: 'PAYOUT_RETRYING'; props: PayoutRetryingProps };

export interface RenderedEmail {
  subject: string;
  html: string;
  text: string;
}
