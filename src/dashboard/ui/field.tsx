// Named fields of forms, with what was wrong said beside them.
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react';

interface Named {
  label: string;
  hint?: string;
  problem?: string | null;
  className?: string;
}

function Frame({
  id,
  label,
  hint,
  problem,
  className = '',
  children,
}: Named & { id: string; children: ReactNode }) {
  return (
    <div className={`grid gap-1 ${className}`}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} role="alert" className="text-sm text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  problem,
  className,
  ...rest
}: Named & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem} className={className}>
      <input
        id={id}
        className="field w-full"
        aria-describedby={
          [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined
        }
        aria-invalid={problem ? true : undefined}
        {...rest}
      />
    </Frame>
  );
}

/** One of several, in a row with buttons: its name is beside it. */
export function InlineSelect({
  label,
  className = '',
  children,
  ...rest
}: { label: string } & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <label className={`flex items-center gap-2 text-sm font-medium ${className}`}>
      {label}
      <select className="field min-h-9 py-1" {...rest}>
        {children}
      </select>
    </label>
  );
}

interface Choice<Value> {
  value: Value;
  label: string;
}

interface ChoiceProps<Value> {
  label: string;
  value: Value;
  choices: readonly Choice<Value>[];
  choose: (value: Value) => void;
}

/** One of a few, all of them in sight. */
export function Segments<Value extends string>({ label, value, choices, choose }: ChoiceProps<Value>) {
  return (
    <fieldset className="inline-flex rounded-field bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          onClick={() => choose(choice.value)}
          className="min-h-8 rounded-[6px] px-3 text-sm font-medium text-muted hover:text-ink aria-pressed:bg-chosen aria-pressed:text-ink aria-pressed:shadow-card"
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}
