// Any rows in any dialect of any format: what is read of the file's bytes adds up to what was put in, to the last fraction.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/statements/bytes.js';
import { formats } from '../../src/statements/formats/list.js';
import { recognise } from '../../src/statements/recognise.js';
import { records } from '../../src/statements/records.js';
import { Tally } from '../../src/statements/tally.js';
import { toText } from '../../src/statements/text.js';
import { bytesOf, dialectOf, KINDS, type Kind, type Line, lineArbitrary, ONE, pieces } from './kinds.js';

/** Sums by name, start and end of the period. */
function expected(kind: Kind, lines: readonly Line[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const line of lines) {
    const key = [line.name.trim().replace(/ +/g, ' ').toLowerCase(), ...kind.period(line)].join('|');
    const units = kind.grain === 1n ? line.units : (line.units / ONE) * ONE;
    const recoup = kind.needed.includes('Recoup (USD)') ? line.recoup : 0n;
    sums.set(key, (sums.get(key) ?? 0n) + units - recoup);
  }
  return sums;
}

describe.each(KINDS.map((kind) => ({ kind, name: [kind.id, kind.way ?? ''].join(' ').trim() })))(
  '$name',
  ({ kind }) => {
    it('is read as it was written, in any dialect and however its bytes are cut', async () => {
      const property = fc.asyncProperty(
        fc.array(lineArbitrary, { minLength: 1, maxLength: 30 }),
        dialectOf(kind),
        fc.constantFrom(1, 7, 64, 100_000),
        async (lines, dialect, size) => {
          const bytes = await bytesOf(kind, lines, dialect);
          const { encoding } = await fingerprint(pieces(bytes, size));
          const layout = await recognise(toText(pieces(bytes, size), encoding), formats);
          expect(layout).toMatchObject({ format: { id: kind.id }, delimiter: dialect.delimiter });
          const tally = new Tally(layout.format, layout.header);
          for await (const { row } of records(toText(pieces(bytes, size), encoding), layout)) tally.add(row);
          expect(tally).toMatchObject({ rows: lines.length, counts: new Map() });
          const sums = [...tally.groups.values()].map(
            ({ creatorKey, period, earned }) =>
              [
                [creatorKey.replace(/ +/g, ' ').toLowerCase(), period.start, period.end].join('|'),
                earned,
              ] as const,
          );
          expect(new Map(sums)).toEqual(expected(kind, lines));
        },
      );
      await fc.assert(property, { numRuns: 120 });
    });
  },
);
