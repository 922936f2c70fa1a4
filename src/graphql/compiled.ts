// Compiled execution: a query that comes again is turned into JavaScript once, which answers it several times faster
// than walking its document. What is answered, errors included, is what graphql-js answers.
import { useGraphQlJit } from '@envelop/graphql-jit';
import { encodeGlobalID } from '@pothos/plugin-relay';
import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  isObjectType,
  Kind,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { DateTimeScalar } from './scalars.js';

type Execute = (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;

/** Goes before the plugins that look at what was executed. */
export function useCompiledQueries(): Plugin {
  const { onExecute: useJit } = useGraphQlJit({ customSerializers: { DateTime: writeMoment } });
  return {
    onSchemaChange: ({ schema }) => easeFields(schema),
    onExecute(payload) {
      const { args, executeFn, setExecuteFn } = payload;
      if (!isWorthIt(args)) return;
      const setCompiled = (compiled: Execute) => setExecuteFn(errorsFrom(executeFn as Execute, compiled));
      return useJit?.({ ...payload, setExecuteFn: setCompiled } as never) as undefined;
    },
  };
}

/**
 * A query has no side effects, so where the compiled one meets an error graphql-js is asked instead: its words, places and
 * nulls are the standard's.
 */
function errorsFrom(standard: Execute, compiled: Execute): Execute {
  return async (args) => {
    const result = await compiled(args);
    return result.errors ? standard(args) : result;
  };
}

/** By document: how Yoga's cache hands in the same one for the same text. */
const seen = new WeakMap<DocumentNode, 'once' | 'compile' | 'never'>();

/** From the second time on: compiling costs more than executing once, and a stranger may send ever new documents. */
function isWorthIt({ document }: ExecutionArgs): boolean {
  const before = seen.get(document);
  if (before === undefined) seen.set(document, 'once');
  if (before === 'once') seen.set(document, isCompilable(document) ? 'compile' : 'never');
  return seen.get(document) === 'compile';
}

/**
 * One query without `@skip` and `@include`. The compiler takes no notice of which operation is asked for, and confuses
 * the conditions of a fragment that is used at several places.
 */
function isCompilable(document: DocumentNode): boolean {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1 || operations[0]?.operation !== 'query') return false;
  const directives = new Set<string>();
  visit(document, { Directive: ({ name }) => void directives.add(name.value) });
  return directives.size === 0;
}

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
