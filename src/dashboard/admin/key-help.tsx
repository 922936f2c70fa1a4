// What the keys do, and whether they do it.
import { useStore } from '../store.js';
import { Dialog } from '../ui/dialog.js';
import { areKeysOn, turnKeys } from './key-switch.js';

const LIST = [
  ['j', 'Next row'],
  ['k', 'Row before'],
  ['Enter', 'Open the row'],
  ['/', 'Search'],
  ['?', 'This list'],
  ['Esc', 'Close'],
] as const;

export default function Help({ close }: { close: () => void }) {
  const on = useStore(areKeysOn);
  return (
    <Dialog title="Keys" close={close}>
      <dl className="grid gap-2">
        {LIST.map(([key, does]) => (
          <div key={key} className="flex items-center justify-between gap-4">
            <dt>{does}</dt>
            <dd>
              <kbd className="rounded-md border border-edge bg-sunken px-2 py-0.5 font-mono text-sm">
                {key}
              </kbd>
            </dd>
          </div>
        ))}
      </dl>
      <form className="border-t border-line pt-4">
        <label className="flex items-center gap-3">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={on}
            onChange={(event) => turnKeys(event.target.checked)}
          />
          Use j, k, / and ? in this browser
        </label>
      </form>
    </Dialog>
  );
}
