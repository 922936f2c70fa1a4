// Whether what is shown is as of now: a quiet sign while it is, a plain sentence when it is not.
import { useEffect, useState } from 'react';
import { useApi } from '../api/context.js';
import { clock } from '../format/locale.js';
import { useStore } from '../store.js';
import { Icon } from './icons.js';

/** A connection that is lost for less is not worth a word. */
const PATIENCE_MS = 1_500;

/** Milliseconds since 1970 since when nothing is heard; null: it is. */
function useSilence(): number | null {
  const standing = useStore(useApi().live.standing);
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => {
    if (standing !== 'waiting') return setSince(null);
    const lost = Date.now();
    const timer = setTimeout(() => setSince(lost), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [standing]);
  return since;
}

export function OfflineSign() {
  const since = useSilence();
  return (
    <div role="status">
      {since !== null && (
        <p className="flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-2.5 text-sm font-medium text-warn sm:px-8">
          <Icon name="offline" />
          {navigator.onLine ? 'The connection is lost.' : 'You are offline.'} You see how it stood at{' '}
          {clock(since)}; what has happened since comes when the connection is back.
        </p>
      )}
    </div>
  );
}

const SIGNS = {
  opening: ['bg-edge', 'Connecting…'],
  open: ['bg-good', 'Live'],
  waiting: ['bg-warn', 'Connecting again…'],
} as const;

export function LiveSign() {
  const [color, text] = SIGNS[useStore(useApi().live.standing)];
  return (
    <span className="inline-flex items-center gap-2 text-sm text-muted">
      <span aria-hidden="true" className={`size-2 rounded-full ${color}`} />
      {text}
    </span>
  );
}
