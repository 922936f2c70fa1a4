// A payout could not be made yet, and is tried again: by itself, or because somebody asked for it.
import { Layout } from './layout.js';
import type { PayoutRetryingProps } from './types.js';

export const retryingSubject = ({ amount, nextAttempt }: PayoutRetryingProps) =>
  nextAttempt === null
    ? `We are sending your payout of ${amount} again`
    : `Your payout of ${amount} is delayed`;

export function PayoutRetrying(props: PayoutRetryingProps) {
  return props.nextAttempt === null ? <Again {...props} /> : <Later {...props} when={props.nextAttempt} />;
}

function Later({ when, ...props }: PayoutRetryingProps & { when: string }) {
  const { name, reason, period, date } = props;
  return (
    <Layout
      {...props}
      tone="waiting"
      status="Delayed"
      headline={`Your payout takes a little longer, ${name}`}
      preview={`${reason?.what ?? 'It could not be sent yet.'} We will try again by ourselves.`}
      happened={reason?.what ?? 'The payment could not be made yet.'}
      step={2}
      next={`Nothing is lost: we will try again by ourselves on ${when}, and write as soon as we know more.`}
      todo={reason?.todo ?? null}
      facts={[
        ['Royalties for', period],
        ['Last attempt', date],
        ['Next attempt', when],
      ]}
    />
  );
}

function Again(props: PayoutRetryingProps) {
  const { name, period, date } = props;
  return (
    <Layout
      {...props}
      tone="waiting"
      status="Trying again"
      headline={`We are sending your payout again, ${name}`}
      preview="Good news: your payout is on its way once more. You need not do anything."
      happened="We have looked at what held your payout up, and are sending it once more."
      step={2}
      next="As soon as the money is in your Stripe balance we will write again. You need not do anything."
      todo={null}
      facts={[
        ['Royalties for', period],
        ['Started again', date],
      ]}
    />
  );
}
