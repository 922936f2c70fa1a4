import { expect, it } from 'vitest';
import { formats } from '../../src/statements/formats/list.js';
import { recognise } from '../../src/statements/recognise.js';
import { type FileRecord, records } from '../../src/statements/records.js';
import { toText } from '../../src/statements/text.js';

const HEADER = 'Artist\tTitle\tSale Month\tEarnings (USD)';

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function read(text: string): Promise<FileRecord[]> {
  const layout = await recognise(once(text), formats);
  const all: FileRecord[] = [];
  for await (const record of records(once(text), layout)) all.push(record);
  return all;
}

it('gives each row the line it begins on, whatever stands between', async () => {
  const rows = await read(
    `\n${HEADER}\nA\tOne\t2026-08\t1\n\n\t\t\t\nB\t"Two\nhalves\n"\t2026-08\t2\nC\tThree\t2026-08\t3\nD`,
  );
  expect(rows.map(({ line, row }) => [line, row[0], row[1]])).toEqual([
    [3, 'A', 'One'],
    [6, 'B', 'Two\nhalves\n'],
    [9, 'C', 'Three'],
    [10, 'D', undefined],
  ]);
});

it('counts the lines of any line end alike', async () => {
  for (const end of ['\r', '\r\n', '\n']) {
    const text = [HEADER, 'A\t"x', 'y"\t2026-08\t1', '', 'B\tz\t2026-08\t1'].join(end);
    const normal = toText(
      (async function* () {
        yield Buffer.from(text);
      })(),
      'utf-8',
    );
    let unified = '';
    for await (const piece of normal) unified += piece;
    expect((await read(unified)).map(({ line }) => line)).toEqual([2, 5]);
  }
});

it('takes quotation marks inside a field as they are', async () => {
  const rows = await read(
    `${HEADER}\nA\tHours (12" Mix)\t2026-08\t1\nB\t"Say ""Hi"""\t2026-08\t2\nC\t"Up" Now\t2026-08\t3`,
  );
  expect(rows.map(({ row }) => row[1])).toEqual(['Hours (12" Mix)', 'Say "Hi"', '"Up" Now']);
});

it.each([
  [
    'closes on a later row',
    'A\t"One\t2026-08\t1\nB\tTwo"\t2026-08\t2\n',
    /on line 2 has no partner before line 3/,
  ],
  [
    'ends before text on a later row',
    'A\t"One\t2026-08\t1\nB\t"Two\t2026-08\t2\n',
    /on line 2 has no partner/,
  ],
  [
    'closes in another column of a later row',
    'A\t"One\t2026-08\t1\nB"\tTwo\t2026-08\t2\n',
    /on line 2 has no/,
  ],
  ['is never closed', 'A\tOne\t2026-08\t1\nB\t"Two\t2026-08\t2\n', /below line 2 is opened and never closed/],
])('refuses a file in which a quotation mark %s, rather than lose the rows', async (_, rows, message) => {
  const refusal = expect(read(`${HEADER}\n${rows}`)).rejects;
  await refusal.toMatchObject({ code: 'UNREADABLE_FILE' });
  await refusal.toThrow(message);
});

it('gives up on a quotation mark that is not closed, rather than hold the rest of the file', async () => {
  let given = 0;
  async function* unclosed(): AsyncGenerator<string> {
    yield `${HEADER}\nA\t"One`;
    for (; given < 100; given++) yield 'x'.repeat(99_999).concat('\n');
  }
  const layout = await recognise(once(HEADER), formats);
  await expect(records(unclosed(), layout).next()).rejects.toThrow(
    /row below line 1 .* opened and never closed/,
  );
  expect(given).toBeLessThan(20);
});

it('reads no further ahead than it must', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<string> {
    yield `${HEADER}\n`;
    for (;;) {
      given += 100;
      yield 'A\tOne\t2026-08\t0.0003\n'.repeat(100);
    }
  }
  const layout = await recognise(once(HEADER), formats);
  let taken = 0;
  let ahead = 0;
  for await (const _ of records(endless(), layout)) {
    ahead = Math.max(ahead, given - taken++);
    if (taken === 20_000) break;
  }
  expect(ahead).toBeLessThan(5_000);
});

it('throws what its source throws', async () => {
  async function* broken(): AsyncGenerator<string> {
    yield `${HEADER}\n`;
    throw new Error('the disk is gone');
  }
  const layout = await recognise(once(HEADER), formats);
  await expect(records(broken(), layout).next()).rejects.toThrow('the disk is gone');
});
