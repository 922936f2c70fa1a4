// From the names in a file to creators: which statements it asks for, and which rows belong to nobody we know.
import type { CreatorRef, Found } from './creators.js';
import type { Period } from './period.js';
import type { ProblemCode } from './row-error.js';
import type { Group } from './tally.js';

/** One statement that the file asks for: all rows of one creator and period, under whatever names they stand. */
export interface Wanted {
  /** `<format>:<creator id>:<first day>:<last day>`: what makes it the same statement in another file. */
  externalId: string;
  creator: CreatorRef;
  period: Period;
  rows: number;
  /** Exact, see decimal.ts. */
  earned: bigint;
  /** Their ids: several where a creator has several names. */
  groups: readonly string[];
  /** The names, folded, or whatever else the file calls the creator by. */
  creatorKeys: readonly string[];
}

/** Rows that are bad for one and the same reason. */
export interface Rejected {
  code: ProblemCode;
  reason: string;
  rows: number;
  sum: bigint;
  /** The ids of their groups. */
  groups: readonly string[];
}

/** Rows whose creator is not known. */
export interface Nobody extends Rejected {
  code: 'unknown_creator' | 'ambiguous_creator';
  creatorKey: string;
  creatorName: string;
}

export function assign(
  formatId: string,
  groups: Iterable<Group>,
  found: Found,
): { wanted: Wanted[]; nobodies: Nobody[] } {
  const wanted = new Map<string, Wanted>();
  const nobodies: Nobody[] = [];
  for (const group of groups) {
    const [creator, ...others] = found.get(group.creatorKey) ?? [];
    if (!creator || others.length > 0) {
      nobodies.push(nobody(group, creator !== undefined));
      continue;
    }
    const externalId = `${formatId}:${creator.id}:${group.period.start}:${group.period.end}`;
    wanted.set(externalId, joined(wanted.get(externalId), group, creator, externalId));
  }
  return { wanted: [...wanted.values()], nobodies };
}

/** One creator may have several aliases in one file. */
function joined(before: Wanted | undefined, group: Group, creator: CreatorRef, externalId: string): Wanted {
  const { id, creatorKey, period, rows, earned } = group;
  if (!before) return { externalId, creator, period, rows, earned, groups: [id], creatorKeys: [creatorKey] };
  return {
    ...before,
    rows: before.rows + rows,
    earned: before.earned + earned,
    groups: [...before.groups, id],
    creatorKeys: [...before.creatorKeys, creatorKey],
  };
}

function nobody(group: Group, ambiguous: boolean): Nobody {
  const { id, creatorKey, creatorName, rows, earned: sum } = group;
  const code = ambiguous ? 'ambiguous_creator' : 'unknown_creator';
  const reason = ambiguous ? 'more than one creator answers to' : 'no creator is known as';
  return { code, reason: `${reason} "${creatorName}"`, creatorKey, creatorName, rows, sum, groups: [id] };
}
