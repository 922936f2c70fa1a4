// The span of an operation, over both transports: its type, its name and the request id, never its document or variables.
import { type DocumentNode, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { inSpan, isTracing } from '../observability/tracing.js';
import type { GraphQLContext } from './context.js';

export interface Operation {
  type: string;
  name: string | null | undefined;
  requestId: string;
}

/** A name is the client's own: what is longer than names are is cut. */
const LONGEST_NAME = 100;

export function inOperation<T>({ type, name, requestId }: Operation, work: () => T | Promise<T>): Promise<T> {
  const known = name?.slice(0, LONGEST_NAME);
  const attributes = {
    'graphql.operation.type': type,
    ...(known && { 'graphql.operation.name': known }),
    'request.id': requestId,
  };
  return inSpan(known ? `${type} ${known}` : type, { attributes }, async () => work());
}

interface Execution {
  document: DocumentNode;
  operationName?: string | null | undefined;
  contextValue: GraphQLContext;
}

/** A stream has no span: it is no piece of work, and may last for days. No plugin at all while nothing is traced. */
export function useTracing(): Plugin<GraphQLContext>[] {
  if (!isTracing()) return [];
  return [
    {
      onExecute({ args, executeFn, setExecuteFn }) {
        setExecuteFn((given) => inOperation(operationOf(args), () => executeFn(given)));
      },
    },
  ];
}

function operationOf({ document, operationName, contextValue }: Execution): Operation {
  const operation = getOperationAST(document, operationName);
  return {
    type: operation?.operation ?? 'operation',
    name: operation?.name?.value,
    requestId: contextValue.requestId,
  };
}
