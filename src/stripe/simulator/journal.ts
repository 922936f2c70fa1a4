// The append-only file behind the state: one JSON line for each transaction, written before the answer goes
// out. A process that is killed leaves at most a torn last line, which the next start cuts off.
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';

/** One change: the row as it now stands, or null when it went. */
export type Entry = [table: string, id: string, row: unknown];

const HEADER = '{"stripe-simulator":1}\n';

export class Journal {
  readonly #path: string;
  #fd: number;
  #size: number;

  private constructor(path: string, size: number) {
    this.#path = path;
    this.#size = size;
    this.#fd = openSync(path, 'a');
    ftruncateSync(this.#fd, size);
  }

  /**
   * Opens or makes the file and hands every whole transaction to `apply`, oldest first.
   * Throws when a line other than a torn last one cannot be read, or the file is not a journal.
   */
  static open(path: string, apply: (entries: Entry[]) => void): Journal {
    const bytes = readOrMake(path);
    const size = bytes.lastIndexOf('\n') + 1;
    const lines = bytes.subarray(0, size).toString('utf8').split('\n').slice(0, -1);
    if (`${lines[0]}\n` !== HEADER) throw new Error(`Not a Stripe simulator journal: ${path}`);
    for (const [index, line] of lines.entries()) if (index > 0) apply(parse(line, path, index + 1));
    return new Journal(path, size);
  }

  /** Appends one transaction; it is on file when this returns. Throws, and leaves the file as it was, on a full disk. */
  append(entries: Entry[]): void {
    const line = `${JSON.stringify(entries)}\n`;
    try {
      appendFileSync(this.#fd, line);
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error;
    }
    this.#size += Buffer.byteLength(line);
  }

  /** Replaces the whole file by one transaction, at once or not at all. */
  rewrite(entries: Entry[]): void {
    const text = HEADER + (entries.length === 0 ? '' : `${JSON.stringify(entries)}\n`);
    writeFileSync(`${this.#path}.new`, text, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    closeSync(this.#fd);
    this.#fd = openSync(this.#path, 'a');
    this.#size = Buffer.byteLength(text);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function readOrMake(path: string): Buffer {
  const bytes = read(path);
  // A kill between making the file and writing its header leaves a piece of the header: begin anew.
  if (!HEADER.startsWith(bytes.toString('latin1', 0, HEADER.length)) || bytes.length >= HEADER.length)
    return bytes;
  writeFileSync(path, HEADER, { mode: 0o600 });
  return Buffer.from(HEADER);
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function parse(line: string, path: string, number: number): Entry[] {
  try {
    return JSON.parse(line) as Entry[];
  } catch {
    throw new Error(`Stripe simulator journal is damaged: ${path}, line ${number}`);
  }
}
