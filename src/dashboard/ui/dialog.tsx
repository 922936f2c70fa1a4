// A dialog of the browser's own: it keeps the focus in, closes with Escape, and gives the focus back.
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './button.js';
import { Icon } from './icons.js';

interface DialogProps {
  title: string;
  close: () => void;
  children: ReactNode;
  /** At the side, as high as the window: a menu. */
  drawer?: boolean;
}

const PLACE = {
  middle: 'm-auto w-[min(30rem,calc(100vw-2rem))] rounded-card',
  side: 'm-0 mr-auto h-dvh max-h-dvh w-[min(19rem,calc(100vw-3rem))] rounded-none',
};

export function Dialog({ title, close, children, drawer = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // It must close while it is still in the page: one that is gone gives no focus back.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // What is asked comes first, not the way out.
    current?.querySelector<HTMLElement>('form input, form button')?.focus();
    return () => current?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, a click beside it is the mouse's way
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === dialog.current && close()}
      className={`border border-line bg-surface p-0 shadow-raised ${drawer ? PLACE.side : PLACE.middle}`}
    >
      <div className="grid max-h-full gap-4 overflow-auto p-5">
        <div className="flex items-start justify-between gap-4">
          <h2 id={id} className="pt-1 text-lg font-semibold">
            {title}
          </h2>
          <Button look="bare" small aria-label="Close" className="-mr-2 px-2" onClick={close}>
            <Icon name="close" />
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
