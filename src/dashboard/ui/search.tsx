// The field that a list is searched by. It says what was typed once the typing rests.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Icon } from './icons.js';

const TYPING_MS = 250;

interface SearchFieldProps {
  label: string;
  /** What can be found. */
  hint: string;
  value: string;
  change: (text: string | undefined) => void;
}

export function SearchField({ label, hint, value, change }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const said = useRef(value);
  useEffect(() => {
    // What was typed here comes back as the value; by then there may be more of it.
    if (value !== said.current) setText(value);
    said.current = value;
  }, [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the wait
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => {
      said.current = text.trim();
      change(text.trim() || undefined);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="relative min-w-0 flex-1 basis-52">
      <Icon
        name="search"
        className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        data-search
        aria-label={label}
        placeholder={hint}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={leave}
        className="field w-full pl-10"
      />
    </div>
  );
}

/** Escape leads to the rows that were found; by itself the browser would empty the field. */
function leave(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  event.currentTarget.blur();
}
