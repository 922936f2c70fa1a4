// The way back to the list that a page belongs to.
import { Link } from '@tanstack/react-router';
import { Icon } from './icons.js';

export const Back = ({ to, children }: { to: string; children: string }) => (
  <Link
    to={to}
    className="inline-flex min-h-6 items-center gap-1 justify-self-start text-sm font-medium text-muted hover:text-ink"
  >
    <Icon name="back" size={16} />
    {children}
  </Link>
);
