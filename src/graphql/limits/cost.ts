// What an operation may cost: the values that it can come to, lists by the page that was really asked for, variables
// included. Reckoned before any resolver runs, from what each field says of itself (`complexity`).
import { complexityFromQuery, type FieldComplexityValue } from '@pothos/plugin-complexity';
import {
  buildSchema,
  type DocumentNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  printSchema,
} from 'graphql';
import { tooComplex } from '../errors.js';
import { type Args, type Field, usualCost } from './field-cost.js';
import { LIMITS } from './limits.js';

/** @throws GraphQLError with TOO_COMPLEX, or for variables that do not fit */
export type CheckCost = (
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Record<string, unknown> | null | undefined,
) => void;

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
