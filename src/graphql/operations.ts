// What is told of every operation, over both transports: its kind, how it ended, how long it took. Its name only where it is
// one of our own documents: what a client calls its operation is the client's.
import { type ExecutionResult, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../observability/logger.js';
import type { OperationObservation } from '../observability/traffic.js';
import type { ServerContext } from './context.js';
import type { ReadDocument } from './limits/documents.js';
import type { Asked, Operation } from './operation.js';

export interface Operations {
  begin(requestId: string, asked?: Asked): Operation;
  /** What came of it: a result, or a stream that has begun. */
  end(operation: Operation, result: unknown): void;
  /** For what comes by Yoga. */
  plugin: Plugin<object, ServerContext>;
}

export interface OperationsOptions {
  read: ReadDocument;
  /** Whether every document is one of our own. */
  trusted: boolean;
  observe(observation: OperationObservation): void;
  log: Logger;
}

export function createOperations({ read, trusted, observe, log }: OperationsOptions): Operations {
  const end: Operations['end'] = (operation, result) => {
    if (operation.told) return;
    operation.told = true;
    const { requestId, began, asked } = operation;
    const seconds = (performance.now() - began) / 1_000;
    const observation = { ...labelsOf(asked, read, trusted), outcome: outcomeOf(result), seconds };
    observe(observation);
    log.debug({ requestId, ...observation }, 'operation');
  };
  return {
    begin: (requestId, asked = {}) => ({ began: performance.now(), requestId, asked, told: false }),
    end,
    plugin: {
      onParams({ params, context }) {
        if (context.operation) context.operation.asked = params;
      },
      onExecutionResult({ result, context }) {
        const { operation } = context as ServerContext;
        if (operation) end(operation, result);
      },
    },
  };
}

function labelsOf(
  { query, operationName }: Asked,
  read: ReadDocument,
  trusted: boolean,
): Pick<OperationObservation, 'operation' | 'type'> {
  try {
    if (typeof query !== 'string') return { operation: 'other', type: 'unknown' };
    const meant = getOperationAST(read(query), typeof operationName === 'string' ? operationName : null);
    const operation = (trusted && meant?.name?.value) || 'other';
    return { operation, type: meant?.operation ?? 'unknown' };
  } catch {
    return { operation: 'other', type: 'unknown' };
  }
}

function outcomeOf(result: unknown): OperationObservation['outcome'] {
  const { errors } = (result ?? {}) as Pick<ExecutionResult, 'errors'>;
  if (!errors?.length) return 'ok';
  const ours = errors.some(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR');
  return ours ? 'failed' : 'refused';
}
