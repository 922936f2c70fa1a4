// Says in passing what was done, to eyes and to screen readers.
import { createStore, useStore } from '../store.js';
import { Icon } from './icons.js';

interface Said {
  id: number;
  text: string;
  /** It was not done. */
  bad: boolean;
}

const said = createStore<readonly Said[]>([]);
const SHOWN_MS = 5_000;
let latest = 0;

export function say(text: string, bad = false): void {
  const id = ++latest;
  said.set([...said.get(), { id, text, bad }]);
  setTimeout(() => said.set(said.get().filter((one) => one.id !== id)), SHOWN_MS);
}

export function Toasts() {
  const all = useStore(said);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-30 grid justify-items-center gap-2"
    >
      {all.map(({ id, text, bad }) => (
        <p
          key={id}
          className="flex items-center gap-2 rounded-3xl bg-ink px-4 py-2 text-sm font-medium text-surface shadow-raised"
        >
          <Icon name={bad ? 'warning' : 'check'} size={16} />
          {text}
        </p>
      ))}
    </div>
  );
}
