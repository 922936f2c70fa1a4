// A piece of a page with a name, and the facts in it.
import { type ReactNode, useId } from 'react';

interface CardProps {
  title: string;
  /** Beside the title: buttons, a link. */
  aside?: ReactNode;
  note?: ReactNode;
  className?: string;
  children?: ReactNode;
}

export function Card({ title, aside, note, className = '', children }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`card min-w-0 ${className}`}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pt-4 pb-3">
        <div>
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {note && <p className="text-sm text-muted">{note}</p>}
        </div>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Facts: a name above each value. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-1 gap-x-8 gap-y-4 px-5 pt-1 pb-5 sm:grid-cols-2">{children}</dl>;
}

/** `wide`: too long for half of the room. */
export function Fact({
  name,
  wide = false,
  children,
}: {
  name: string;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={`min-w-0 ${wide ? 'sm:col-span-2' : ''}`}>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}

/** A figure that is looked at first. */
export function Figure({ name, value, note }: { name: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="text-sm text-muted">{name}</p>
      <p className="money mt-1 text-2xl font-semibold tracking-tight">{value}</p>
      {note && <p className="mt-0.5 text-sm text-muted">{note}</p>}
    </div>
  );
}
