// The formats that an import tries, in turn.
import type { StatementFormat } from '../format.js';
import { ascap, ascapInternational } from './ascap.js';
import { distrokid } from './distrokid.js';
import { payoutsCsv } from './payouts-csv.js';
import { soundcloud } from './soundcloud.js';

export const formats: readonly StatementFormat[] = [
  payoutsCsv,
  distrokid,
  soundcloud,
  ascap,
  ascapInternational,
];

/** The title of a format by its id; the id itself where it is not known any more. */
export function formatTitle(id: string): string {
  return formats.find((format) => format.id === id)?.title ?? id;
}
