// A payout could not be made, and is not tried again by itself.
import { Layout } from './layout.js';
import type { PayoutFailedProps } from './types.js';

export const failedSubject = ({ amount }: PayoutFailedProps) => `Your payout of ${amount} could not be made`;

export function PayoutFailed(props: PayoutFailedProps) {
  const { name, reason, period, date } = props;
  return (
    <Layout
      {...props}
      tone="failed"
      status="Not paid"
      headline={`Your payout could not be made, ${name}`}
      preview={`${reason.what} ${reason.next}`}
      happened={reason.what}
      step={2}
      next={reason.next}
      todo={reason.todo}
      facts={[
        ['Royalties for', period],
        ['Stopped', date],
      ]}
    />
  );
}
