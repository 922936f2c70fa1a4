// Masks what an operation answers, under the request id that its resolvers had: so that the answer, the log and the
// audit name the same one. What fails before an operation runs is masked by Yoga with the same function.
import { randomUUID } from 'node:crypto';
import type { ExecutionResult } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { GraphQLContext, ServerContext } from './context.js';
import { type Masking, maskError, REFUSED } from './errors.js';

interface Answer {
  args: { contextValue: GraphQLContext };
  result: ExecutionResult;
  setResult: (result: ExecutionResult) => void;
}

/** Masks the errors of a result. */
export type Mask = (result: ExecutionResult, requestId: string) => ExecutionResult;

export function createMask(masking: Masking): Mask {
  return (result, requestId) =>
    result.errors
      ? { ...result, errors: result.errors.map((e) => maskError(e, requestId, masking)) }
      : result;
}

export function useMasking(masking: Masking): Plugin<GraphQLContext> {
  const mask = createMask(masking);
  const maskAnswer = ({ args, result, setResult }: Answer) =>
    setResult(mask(result, args.contextValue.requestId));
  return {
    onExecute: () => ({
      onExecuteDone: (payload) => handleStreamOrSingleExecutionResult(payload as never, maskAnswer as never),
    }),
    // Over HTTP only: what validation found, which Yoga does not mask. Over a socket see websocket.ts.
    onExecutionResult({ result, setResult, context }) {
      if (!result || !('errors' in result)) return;
      const masked = mask(result as ExecutionResult, (context as ServerContext).requestId ?? randomUUID());
      setResult((masked.data === undefined ? neverRan(masked) : masked) as never);
    },
  };
}

/** What was not executed for a fault of the caller's has HTTP's status for that, if the response type knows one. */
function neverRan({ errors = [], ...result }: ExecutionResult): ExecutionResult {
  for (const { extensions } of errors) {
    if (extensions.code === 'BAD_USER_INPUT') extensions.http ??= REFUSED;
  }
  return { ...result, errors };
}
