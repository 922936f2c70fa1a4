// The head of a page: its name, which takes the focus when one comes to it, and what can be done there.
import { type ReactNode, useEffect, useRef } from 'react';

let isFirst = true;

interface PageProps {
  title: string;
  /** Above the title: the way back. */
  above?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, above, note, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Payouts`;
  }, [title]);
  useEffect(() => {
    // A reader of the page by ear hears where the link has led; the first page is read by itself.
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <>
      <header className="mb-6 grid gap-2">
        {above}
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="min-w-0">
            <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight break-words">
              {title}
            </h1>
            {note && <div className="mt-1 text-muted">{note}</div>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </div>
      </header>
      {children}
    </>
  );
}
