// Makes an e-mail of a template and its props: subject, HTML and plain text. Loading it loads React: do so when the first
// e-mail is made, not at the start.
import type { ReactElement } from 'react';
import { render, toPlainText } from 'react-email';
import { completedSubject, PayoutCompleted } from './payout-completed.js';
import { failedSubject, PayoutFailed } from './payout-failed.js';
import { initiatedSubject, PayoutInitiated } from './payout-initiated.js';
import { PayoutRetrying, retryingSubject } from './payout-retrying.js';
import type { PayoutEmail, RenderedEmail } from './types.js';

export async function renderEmail(email: PayoutEmail): Promise<RenderedEmail> {
  const { subject, element } = made(email);
  const html = await render(element);
  return { subject, html, text: textOf(html) };
}

function made(email: PayoutEmail): { subject: string; element: ReactElement } {
  switch (email.template) {
    case 'PAYOUT_INITIATED':
      return { subject: initiatedSubject(email.props), element: <PayoutInitiated {...email.props} /> };
    case 'PAYOUT_COMPLETED':
      return { subject: completedSubject(email.props), element: <PayoutCompleted {...email.props} /> };
    case 'PAYOUT_FAILED':
      return { subject: failedSubject(email.props), element: <PayoutFailed {...email.props} /> };
    case 'PAYOUT_RETRYING':
      return { subject: retryingSubject(email.props), element: <PayoutRetrying {...email.props} /> };
  }
}

function textOf(html: string): string {
  return `${toPlainText(html, TEXT)
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

/** Headings as they are; a title on the line above what it is of; a fact on one line. */
const TEXT = {
  wordwrap: 76,
  selectors: [
    { selector: 'h1', options: { uppercase: false } },
    { selector: 'h2', options: { uppercase: false, trailingLineBreaks: 1 } },
    { selector: 'td.fact', format: 'inline' },
    {
      selector: 'table[data-fact]',
      format: 'block',
      options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
    },
  ],
};
