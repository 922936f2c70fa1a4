// A payout has arrived in the creator's Stripe balance.
import { Layout } from './layout.js';
import type { PayoutEmailProps } from './types.js';

export const completedSubject = ({ amount }: PayoutEmailProps) => `You have been paid ${amount}`;

export function PayoutCompleted(props: PayoutEmailProps) {
  const { name, amount, period, date } = props;
  return (
    <Layout
      {...props}
      tone="done"
      status="Paid"
      headline={`The money is yours, ${name}`}
      preview={`${amount} is in your Stripe balance.`}
      happened={<>Your payout has arrived in your Stripe balance.</>}
      step={3}
      next="Stripe pays your balance out to your bank on the schedule that you have set there, usually within a few working days. You need not do anything."
      todo={null}
      facts={[
        ['Royalties for', period],
        ['Paid', date],
      ]}
    />
  );
}
