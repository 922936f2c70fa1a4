// What each field costs: a value for itself, and how often what is asked for below it can come.
import type { FieldComplexityValue } from '@pothos/plugin-complexity';
import { type GraphQLField, isListType, isNonNullType } from 'graphql';
import { refused } from '../errors.js';

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;
/** A list without pages: attempts, history. */
export const USUAL_LIST = 10;
/** Of a bulk mutation. */
const MOST_ROWS = 500;
/** What is looked up by its id: a way to the database, where a plain value lies there already. */
const LOOKUP = 10;
/** What may be looked up at once. */
export const MOST_IDS = 100;

export type Args = Record<string, unknown>;
export type Field = Pick<GraphQLField<unknown, unknown>, 'args' | 'name' | 'type'>;

/** What a field costs that does not say it itself. */
export function usualCost(args: Args, _context: unknown, field: Field): FieldComplexityValue {
  const isLookup = field.args.some(({ name }) => name === 'id');
  return { field: isLookup ? LOOKUP : 1, multiplier: rowsOf(args, field) };
}

/** What `nodes` costs. @throws GraphQLError for more than 100 ids */
export function costOfNodes({ ids }: Args): FieldComplexityValue {
  const count = Array.isArray(ids) ? ids.length : 1;
  if (count > MOST_IDS) throw refused(`nodes takes at most ${MOST_IDS} ids; these are more.`);
  return { field: count * LOOKUP, multiplier: Math.max(1, count) };
}

function rowsOf(args: Args, { args: declared, name, type }: Field): number {
  if (declared.some((a) => a.name === 'first' || a.name === 'last')) return pageOf(args);
  if (name === 'edges' || name === 'nodes' || name === 'results') return Math.max(1, longestList(args));
  const list = isListType(isNonNullType(type) ? type.ofType : type);
  return list ? USUAL_LIST : Math.max(1, longestList(args.input));
}

/** More than a page's most is refused by the list itself, in its own words. */
function pageOf({ first, last }: Args): number {
  const sizes = [first, last].filter((size) => typeof size === 'number');
  return sizes.length === 0 ? DEFAULT_PAGE : Math.min(Math.max(0, ...sizes), LARGEST_PAGE);
}

/** Rows of a bulk mutation: each has a result. More than it takes are refused by itself, in its own words. */
function longestList(input: unknown): number {
  const lists = Object.values(input ?? {}).filter((value) => Array.isArray(value));
  return Math.min(Math.max(0, ...lists.map(({ length }) => length)), MOST_ROWS);
}
