// A payout was created and is on its way.
import { Layout } from './layout.js';
import type { PayoutEmailProps } from './types.js';

export const initiatedSubject = ({ amount }: PayoutEmailProps) => `Your payout of ${amount} is on its way`;

export function PayoutInitiated(props: PayoutEmailProps) {
  const { name, brand, amount, period, date } = props;
  return (
    <Layout
      {...props}
      tone="underway"
      status="On its way"
      headline={`Your payout is on its way, ${name}`}
      preview={`${brand} is sending you ${amount}. You need not do anything.`}
      happened={<>We have started a payout of your royalties to your Stripe account.</>}
      step={1}
      next="As soon as the money is in your Stripe balance we will write again. You need not do anything."
      todo={null}
      facts={[
        ['Royalties for', period],
        ['Started', date],
      ]}
    />
  );
}
