// Saves an export as a file. The token goes in a header, as it does everywhere: never in an address.
import { type ReactNode, useState } from 'react';
import { endSession, tokenNow } from '../session/session.js';
import { Button } from './button.js';
import { Icon } from './icons.js';
import { say } from './toast.js';

interface DownloadButtonProps {
  /** Of this server: `/exports/…`. */
  path: string;
  /** Says why it cannot be had as it is; null: it can. */
  hindrance?: string | null;
  children: ReactNode;
}

export function DownloadButton({ path, hindrance = null, children }: DownloadButtonProps) {
  const [busy, setBusy] = useState(false);
  async function start() {
    if (hindrance) return say(hindrance, true);
    setBusy(true);
    const problem = await save(path);
    say(problem ?? 'Saved', problem !== null);
    setBusy(false);
  }
  return (
    <Button small busy={busy} className="print:hidden" onClick={() => void start()}>
      <Icon name="save" size={16} />
      {children}
    </Button>
  );
}

/** @returns what went wrong, in words; null: nothing did */
async function save(path: string): Promise<string | null> {
  try {
    const answer = await fetch(path, { headers: { authorization: `Bearer ${tokenNow()}` } });
    if (answer.status === 401) endSession('expired');
    if (!answer.ok) return (await answer.json()).error;
    keep(await answer.blob(), nameOf(answer.headers.get('content-disposition')) ?? 'export');
    return null;
  } catch {
    return 'The server could not be reached.';
  }
}

const nameOf = (header: string | null) => /filename="([^"]+)"/.exec(header ?? '')?.[1];

function keep(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser takes the file when the click is done with.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
