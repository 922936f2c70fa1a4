// Where a file is chosen, or dropped, and where it is said why one could not be taken.
import { type DragEvent, useState } from 'react';
import type { Refused } from '../api/import.js';
import { Card } from '../ui/card.js';
import { Icon } from '../ui/icons.js';
import { Code } from '../ui/values.js';

interface ChooseFileProps {
  refused?: Refused;
  choose: (file: File) => void;
}

export function ChooseFile({ refused, choose }: ChooseFileProps) {
  return (
    <Card
      title="Import a file"
      note="First you see what it would do. Nothing changes until you say so, and the same file twice changes nothing."
    >
      <div className="grid gap-4 px-5 pb-5">
        {refused && <NotTaken {...refused} />}
        <DropZone choose={choose} />
      </div>
    </Card>
  );
}

function DropZone({ choose }: { choose: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) choose(file);
  };
  const drag = (isOver: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(isOver);
  };
  return (
    <label
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event);
        take(event.dataTransfer.files);
      }}
      className={`grid cursor-pointer justify-items-center gap-1 rounded-field border-2 border-dashed px-6 py-10 text-center hover:border-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${over ? 'border-accent bg-accent-soft' : 'border-edge'}`}
    >
      <span className="mb-3 grid size-11 place-items-center rounded-full bg-accent-soft text-accent">
        <Icon name="statement" size={20} />
      </span>
      <span className="font-semibold text-accent">Choose a statement file</span>
      <span className="text-muted">or drop it here</span>
      <span className="mt-2 max-w-md text-sm text-muted">
        From DistroKid, SoundCloud or ASCAP, or in our own format: as it came, CSV or tab-separated.
      </span>
      <input
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
        className="sr-only"
        onChange={({ target }) => {
          take(target.files);
          // The same file may be chosen again when it was mended.
          target.value = '';
        }}
      />
    </label>
  );
}

function NotTaken({ problem: { message, requestId }, detail }: Refused) {
  return (
    <div role="alert" className="rounded-field bg-bad-soft px-4 py-3 text-bad">
      <p className="font-medium">{message}</p>
      {detail && (
        <pre className="mt-2 overflow-x-auto font-sans text-sm break-words whitespace-pre-wrap">{detail}</pre>
      )}
      {requestId && (
        <p className="mt-1 text-sm">
          If it stays, tell us this number: <Code>{requestId}</Code>
        </p>
      )}
    </div>
  );
}
