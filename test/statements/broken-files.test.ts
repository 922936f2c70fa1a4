// A file of any format, in any dialect, with one bad row anywhere in it: refused as a whole, with the line and the reason.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/statements/dialect.js';
import { importStatements } from '../../src/statements/import.js';
import { bytesOf, dialectOf, KINDS, type Kind, type Line, lineArbitrary } from './kinds.js';
import { addCreator, createWorld, everything, type World } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  for (const alias of ['Nova Reyes', 'Quist, Ida']) {
    await addCreator(world, { name: alias, email: alias, aliases: [alias] });
  }
});
afterAll(() => world.close());

type Fields = Record<string, string>;

interface Breakage {
  code: string;
  reason: RegExp;
  /** What the bad row says instead. */
  fields?: (kind: Kind, good: Fields) => Fields;
  /** What stands behind its last field. */
  behind?: (dialect: Dialect) => string;
}

const nameOf = ({ needed }: Kind) => needed.find((name) => /creator|artist|recipient/i.test(name)) ?? '';
const amountOf = ({ needed }: Kind) =>
  needed.find((name) => /amount|earnings|revenue|dollars/i.test(name)) ?? '';
const periodsOf = ({ needed }: Kind) => needed.filter((name) => /month|period|quarter|date/i.test(name));

const BREAKAGES: Record<string, Breakage> = {
  'an amount that may mean two things': {
    code: 'bad_amount',
    reason: /"1,25"/,
    fields: (kind, good) => ({ ...good, [amountOf(kind)]: '1,25' }),
  },
  'a period that there is not': {
    code: 'bad_period',
    reason: /"13\/2026"/,
    fields: (kind, good) => ({
      ...good,
      ...Object.fromEntries(periodsOf(kind).map((name) => [name, '13/2026'])),
    }),
  },
  nobody: {
    code: 'bad_creator',
    reason: /empty/,
    fields: (kind, good) => ({ ...good, [nameOf(kind)]: '  ' }),
  },
  'somebody whom nobody knows': {
    code: 'unknown_creator',
    reason: /"Mira Nobody"/,
    fields: (kind, good) => ({ ...good, [nameOf(kind)]: 'Mira Nobody' }),
  },
  'a field too many': {
    code: 'wrong_columns',
    reason: /fields, the header/,
    behind: ({ delimiter }) => `${delimiter}x`,
  },
};

/** The file, and the line that the bad row begins on. */
async function brokenFile(
  kind: Kind,
  given: readonly Line[],
  at: number,
  { fields, behind }: Breakage,
  dialect: Dialect,
) {
  // One that goes over several lines and has another number of fields is taken for a quotation mark that is never closed.
  const lines = given.map((line, index) => (index === at && behind ? { ...line, title: 'Ferry' } : line));
  const broken = (line: Line) => {
    const good = kind.fields(line);
    return fields && line === lines[at] ? fields(kind, good) : good;
  };
  const write = (count: number) => bytesOf({ ...kind, fields: broken }, lines.slice(0, count), dialect);
  const [before, through, whole] = [await write(at), await write(at + 1), await write(lines.length)];
  const end = through.length - dialect.lineEnd.length;
  const added = Buffer.from(behind?.(dialect) ?? '');
  const content = Buffer.concat([whole.subarray(0, end), added, whole.subarray(end)]);
  return { content, line: 1 + (before.toString('latin1').match(/\r\n|\r|\n/g)?.length ?? 0) };
}

const named = KINDS.map((kind) => ({ kind, name: [kind.id, kind.way ?? ''].join(' ').trim() }));

describe.each(named)('$name', ({ kind }) => {
  const known = lineArbitrary.map((line) => ({
    ...line,
    name: ['Nova Reyes', 'Quist, Ida'][line.quarter % 2] ?? '',
  }));

  it.each(Object.entries(BREAKAGES))('with %s', async (_, breakage) => {
    const before = await everything(world);
    const property = fc.asyncProperty(
      fc.array(known, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      dialectOf(kind),
      async (lines, place, dialect) => {
        const { content, line } = await brokenFile(kind, lines, place % lines.length, breakage, dialect);
        const file = await world.file('no-name', content);
        const report = await importStatements(
          { pool: world.pool },
          { file, actor: 'admin-1', currency: 'usd' },
        );
        expect(report).toMatchObject({
          outcome: 'refused',
          problems: [{ line, code: breakage.code, reason: expect.stringMatching(breakage.reason) }],
        });
      },
    );
    await fc.assert(property, { numRuns: 10 });
    expect(await everything(world)).toEqual(before);
  });
});
