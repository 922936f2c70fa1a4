// The subscribers of a benchmark: a process of its own (live-clients.mjs), asked over IPC.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** What each of them sends, one after the other, once it is connected. */
export type Greetings = readonly (readonly string[])[];

export interface Clients {
  open(url: string, path: string, greetings: Greetings): Promise<void>;
  /** Begins to count. @returns when so many frames have come to all of them together (milliseconds since 1970) */
  expect(frames: number): Promise<{ done: Promise<{ at: number; bytes: number }> }>;
  close(): Promise<void>;
  end(): void;
}

export async function startClients(): Promise<Clients> {
  const child = fork(path.join(import.meta.dirname, 'live-clients.mjs'), [], { silent: false });
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
      const done = answer<{ at: number; bytes: number }>(child, 'done');
      await ask({ expect: { frames } }, 'ready');
      return { done };
    },
    close: () => ask({ close: true }, 'closed'),
    end: () => child.disconnect(),
  };
}

async function answer<Answer>(child: ChildProcess, name: string): Promise<Answer> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [Record<string, Answer>];
    if (name in message) return message[name] as Answer;
  }
}
