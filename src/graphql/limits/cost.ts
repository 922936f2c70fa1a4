// What an operation may cost: the values that it can come to, lists by the page that was really asked for, variables
// included. Reckoned before any resolver runs, from what each field says of itself (`complexity`).
import { complexityFromQuery, type FieldComplexityValue } from '@pothos/plugin-complexity';
import {
  buildSchema,
  type DocumentNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  printSchema,
} from 'graphql';
import { refused, tooComplex } from '../errors.js';
import { LIMITS } from './limits.js';

/** @throws GraphQLError with TOO_COMPLEX, or for variables that do not fit */
export type CheckCost = (
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown> | null | undefined,
) => void;

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

type Args = Record<string, unknown>;
type Field = Pick<GraphQLField<unknown, unknown>, 'args' | 'name' | 'type'>;

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

export function createCheckCost(schema: GraphQLSchema): CheckCost {
  const reckon = createReckoning(schema);
  /** What was cheap enough, by document. */
  const passed = new WeakMap<DocumentNode, Set<string>>();
  return (document, operationName, variables) => {
    const known = passed.get(document) ?? new Set();
    const measures = measuresOf(operationName, variables);
    if (known.has(measures)) return;
    const { readsText } = reckon(document, operationName, variables);
    if (readsText) return;
    if (known.size < MOST_KNOWN && measures.length < LONGEST_KNOWN) passed.set(document, known.add(measures));
  };
}

const MOST_KNOWN = 20;
const LONGEST_KNOWN = 500;

/** All that the usual cost depends on: numbers, and how long lists are; no text. */
function measuresOf(operationName: unknown, variables: object | null | undefined): string {
  return JSON.stringify([operationName, variables], (key, value) =>
    typeof value === 'string' && key !== '0' ? '' : value,
  );
}

/** What came of it: whether one of the fields has a cost of its own, which may depend on texts as well. */
interface Reckoned {
  readsText: boolean;
}

/** What it answers throws as `CheckCost` does. */
function createReckoning(schema: GraphQLSchema): (...asked: Parameters<CheckCost>) => Reckoned {
  const shadow = shadowOf(schema);
  return (document, operationName, variables) => {
    const ctx: Reckoned = { readsText: false };
    const operation = getOperationAST(document, operationName);
    if (!operation) return ctx;
    const others = document.definitions.filter((d) => d.kind !== Kind.OPERATION_DEFINITION);
    const alone = { ...document, definitions: [operation, ...others] };
    checkFit(shadow, operation, variables ?? {});
    const { complexity } = complexityFromQuery(alone, { schema: shadow, variables: variables ?? {}, ctx });
    if (complexity > LIMITS.cost) throw tooComplex('values', LIMITS.cost, complexity);
    return ctx;
  };
}

/** Tells of the first variable that does not fit: to tell of each of thousands takes seconds, in which nobody else is served. */
function checkFit(schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Args): void {
  const fit = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  if (fit.errors) throw fit.errors[0];
}

/**
 * The same fields with the same costs, but nothing that reads values: an id that is none is the business of the field
 * that it was given to, and must not end the reckoning.
 */
function shadowOf(schema: GraphQLSchema): GraphQLSchema {
  const shadow = buildSchema(printSchema(schema));
  for (const type of Object.values(shadow.getTypeMap())) {
    const original = schema.getType(type.name);
    if (!(isObjectType(type) || isInterfaceType(type)) || !original || !('getFields' in original)) continue;
    for (const field of Object.values(type.getFields())) {
      const cost = isErrorType(type) ? STANDS_IN : costOf(original.getFields()[field.name], field);
      field.extensions = { complexity: cost };
    }
  }
  return shadow;
}

/** An error stands where its result would, and has been counted as that: nothing ever comes to both. */
const STANDS_IN: FieldComplexityValue = { field: 0, multiplier: 1 };

function isErrorType(type: GraphQLObjectType | GraphQLInterfaceType): boolean {
  return type.name === 'Error' || type.getInterfaces().some(({ name }) => name === 'Error');
}

/** A field that takes nothing costs the same each time. */
function costOf(original: { extensions: object } | undefined, field: Field): unknown {
  const declared = (original?.extensions as { complexity?: unknown } | undefined)?.complexity;
  if (declared === usualCost) return field.args.length === 0 ? usualCost({}, {}, field) : declared;
  if (typeof declared !== 'function') return declared;
  return (args: Args, ctx: Reckoned): unknown => {
    ctx.readsText = true;
    return declared(args, ctx, field);
  };
}
