// Asks before something is done that matters, for a reason where the audit wants one, and says what came of it.
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { Outcome } from '../api/context.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { TextField } from './field.js';
import { say } from './toast.js';

interface ConfirmProps {
  title: string;
  children?: ReactNode;
  /** On the button: what it does. */
  does: string;
  /** Asks for a reason under this name. */
  reason?: { label: string; hint?: string };
  danger?: boolean;
  /** Said when it is done. */
  done: string;
  act: (reason: string) => Promise<Outcome<unknown>>;
  /** Another way to go about it, for the same reason. */
  instead?: Way & { does: string };
  close: () => void;
}

interface Way {
  act: (reason: string) => Promise<Outcome<unknown>>;
  done: string;
}

export function Confirm(props: ConfirmProps) {
  const { title, children, does, reason, danger = false, done, act, instead, close } = props;
  const form = useRef<HTMLFormElement>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function go(way: Way) {
    if (reason && !text.trim()) {
      form.current?.querySelector('input')?.focus();
      return setProblem('Say why, in a few words.');
    }
    setBusy(true);
    const outcome = await way.act(text.trim());
    setBusy(false);
    if (!outcome.ok) return setProblem(outcome.problem.message);
    say(way.done);
    close();
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void go({ act, done });
  }
  return (
    <Dialog title={title} close={close}>
      <form ref={form} className="grid gap-4" onSubmit={submit} noValidate>
        {children && <div className="text-muted">{children}</div>}
        {reason && (
          <TextField
            label={reason.label}
            hint={reason.hint}
            value={text}
            onChange={(event) => setText(event.target.value)}
            problem={problem}
            maxLength={500}
            autoComplete="off"
          />
        )}
        {!reason && problem && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          {instead && (
            <Button busy={busy} onClick={() => void go(instead)}>
              {instead.does}
            </Button>
          )}
          <Button type="submit" look={danger ? 'danger' : 'main'} busy={busy}>
            {does}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
