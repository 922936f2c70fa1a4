// Compiled execution: a query that comes again is turned into JavaScript once, which answers it several times faster
// than walking its document. What is answered, errors included, is what graphql-js answers.
import { encodeGlobalID } from '@pothos/plugin-relay';
import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Plugin } from 'graphql-yoga';
import { flatten } from './flatten.js';
import { DateTimeScalar } from './scalars.js';

type Execute = (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;
type Operation = Pick<ExecutionArgs, 'document' | 'operationName'>;

export interface CompiledQueries {
  /** What answers an operation that was valid and has been executed before; null for any other. */
  of(operation: Operation): CompiledQuery | null;
  plugin: Plugin;
}

export function createCompiledQueries(schema: GraphQLSchema): CompiledQueries {
  easeFields(schema);
  /** By document: the same text is the same one. Null: never compiled. */
  const known = new WeakMap<DocumentNode, CompiledQuery | null>();
  const seen = new WeakSet<DocumentNode>();
  const of = ({ document, operationName }: Operation) => {
    const compiled = known.get(document) ?? null;
    return compiled && isMeant(compiled, operationName) ? compiled : null;
  };
  /** From the second time on: compiling costs more than executing once, and a stranger may send ever new documents. */
  const meet = (document: DocumentNode) => {
    if (known.has(document)) return;
    if (seen.has(document)) known.set(document, compile(schema, document));
    else seen.add(document);
  };
  const plugin: Plugin = {
    onExecute({ args, executeFn, setExecuteFn }) {
      meet(args.document);
      const compiled = of(args);
      if (compiled) setExecuteFn(errorsFrom(executeFn as Execute, compiled));
    },
  };
  return { of, plugin };
}

/** The compiler takes no notice of the name. */
const isMeant = ({ operationName }: CompiledQuery, asked: string | null | undefined) =>
  asked === null || asked === undefined || asked === operationName;

/**
 * A query has no side effects, so where the compiled one meets an error graphql-js is asked instead: its words, places and
 * nulls are the standard's.
 */
function errorsFrom(standard: Execute, compiled: CompiledQuery): Execute {
  return async (args) => {
    const result = await compiled.query(args.rootValue, args.contextValue, args.variableValues);
    return result.errors ? standard(args) : result;
  };
}

function compile(schema: GraphQLSchema, document: DocumentNode): CompiledQuery | null {
  const operation = compilableOf(document);
  const flat = operation && flatten(schema, document, operation);
  if (!flat) return null;
  const options = { customSerializers: { DateTime: writeMoment } };
  const compiled = compileQuery(schema, flat, operation.name?.value, options);
  return isCompiledQuery(compiled) ? compiled : null;
}

/**
 * One query without `@skip` and `@include`: the compiler confuses the conditions of a fragment that is used at several
 * places.
 */
function compilableOf(document: DocumentNode): OperationDefinitionNode | null {
  const [operation, ...others] = document.definitions.filter(isOperation);
  if (operation?.operation !== 'query' || others.length > 0) return null;
  const directives = new Set<string>();
  visit(document, { Directive: ({ name }) => void directives.add(name.value) });
  return directives.size === 0 ? operation : null;
}

const isOperation = (one: DocumentNode['definitions'][number]): one is OperationDefinitionNode =>
  one.kind === Kind.OPERATION_DEFINITION;

/** A field that is read as it lies there needs no call, and an id no promise: Pothos has one for each. */
function easeFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve === defaultFieldResolver) delete field.resolve;
    }
    const id = type.getFields()['id'];
    if (id && NODES_BY_ID.has(type.name)) id.resolve = ({ id }) => encodeGlobalID(type.name, id);
  }
}

/** Nodes whose id is that of their row, and of which lists are full. */
const NODES_BY_ID: ReadonlySet<string> = new Set(['Creator', 'Payout']);

/** Lists have their times as text already. */
const writeMoment = (value: unknown): unknown =>
  typeof value === 'string' ? value : DateTimeScalar.serialize(value);
