// Money and moments as elements.
import { exactly, fromNow, moment, money, second } from '../format/locale.js';

export const Money = ({
  cents,
  currency,
  className = '',
}: {
  cents: number;
  currency: string;
  className?: string;
}) => <span className={`money ${className}`}>{money(cents, currency)}</span>;

const WAYS = { minute: moment, second, relative: (at: string) => fromNow(at) };

/** A moment: the day and time to read, the exact one with its zone on a longer look. */
export function When({ at, as = 'minute' }: { at: string; as?: keyof typeof WAYS }) {
  return (
    <time dateTime={at} title={exactly(at)} className="whitespace-nowrap">
      {WAYS[as](at)}
    </time>
  );
}

/** An id that people copy and compare. */
export const Code = ({ children }: { children: string }) => (
  <code className="font-mono text-[0.875em] wrap-anywhere">{children}</code>
);
