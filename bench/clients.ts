// The subscribers of a benchmark: a process of its own (live-clients.mjs), asked over IPC.
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';

/** What each of them sends, one after the other, once it is connected. */
export type Greetings = readonly (readonly string[])[];

/** When the last frame came (milliseconds since 1970), and how large it was. */
export interface Heard {
  at: number;
  bytes: number;
}

export interface Clients {
  open(url: string, path: string, greetings: Greetings): Promise<void>;
  /** Begins to count. @returns when so many frames have come to all of them together; rejects when they do not */
  expect(frames: number): Promise<{ done: Promise<Heard> }>;
  close(): Promise<void>;
  end(): void;
}

type Done = Heard | { missing: string };

export async function startClients(): Promise<Clients> {
  const child = fork(path.join(import.meta.dirname, 'live-clients.mjs'));
  await answer(child, 'ready');
  const ask = <Answer>(question: object, name: string): Promise<Answer> => {
    const answered = answer<Answer>(child, name);
    child.send(question);
    return answered;
  };
  return {
    async open(url, at, greetings) {
      await ask({ open: { port: Number(new URL(url).port), path: at, greetings } }, 'opened');
    },
    async expect(frames) {
      const done = answer<Done>(child, 'done').then(orThrow);
      await ask({ expect: { frames } }, 'ready');
      return { done };
    },
    close: () => ask({ close: true }, 'closed'),
    end: () => child.disconnect(),
  };
}

function orThrow(done: Done): Heard {
  if ('missing' in done) throw new Error(done.missing);
  return done;
}

/** The next message of this name. */
function answer<Answer>(child: ChildProcess, name: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: Record<string, Answer>) => {
      if (!(name in message)) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message[name] as Answer);
    };
    const onExit = () => reject(new Error('the subscribers ended'));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}
