// Asks whoever sits at the terminal. What is asked goes to the error stream: what is piped on stays clean.
import { createInterface } from 'node:readline/promises';

/** True for `y` and `yes` alone: anything else, the end of the input and an interrupt are a no. */
export async function confirmed(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([asking.question(question).catch(() => ''), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
