// Things to press. One main button for a page, quiet ones for the rest; a dangerous one asks before it does anything.
import type { ButtonHTMLAttributes } from 'react';

const LOOKS = {
  main: 'bg-accent text-on-accent hover:bg-accent-strong border-transparent',
  quiet: 'bg-surface text-ink border-edge hover:bg-sunken',
  danger: 'bg-bad text-surface border-transparent hover:opacity-90',
  bare: 'bg-transparent text-muted hover:text-ink hover:bg-sunken border-transparent',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
  busy?: boolean;
  small?: boolean;
}

export const buttonClass = (look: keyof typeof LOOKS, small = false) =>
  `inline-flex items-center justify-center gap-2 rounded-field border font-medium whitespace-nowrap transition-colors
   disabled:opacity-55 aria-disabled:opacity-55 ${small ? 'min-h-9 px-3 text-sm' : 'min-h-10 px-4'} ${LOOKS[look]}`;

export function Button({
  look = 'quiet',
  busy = false,
  small = false,
  className = '',
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      // One that is disabled would lose the focus: it does nothing while it is busy, and keeps its place.
      onClick={busy ? (event) => event.preventDefault() : onClick}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      className={`${buttonClass(look, small)} ${className}`}
    />
  );
}
