// Subscriptions as a part of Yoga's pipeline, for both transports: the field says what is wanted, and the operation joins
// the group of those who asked alike. How many one user has open is counted here.
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import type { Viewer } from '../../payouts/viewer.js';
import type { GraphQLContext } from '../context.js';
import { tooManyStreams, unauthenticated } from '../errors.js';
import { LONGEST_TIMER_MS, until } from '../expiry.js';
import type { Mask } from '../masking.js';
import { toEventStream } from './event-stream.js';
import type { Groups } from './groups.js';
import type { StreamLimits } from './limits.js';
import { LiveResults } from './results.js';
import { LiveSource } from './source.js';
import type { Standing } from './standing.js';

export interface StreamsOptions {
  groups: Groups;
  limits: StreamLimits;
  standing: Standing;
  mask: Mask;
}

type Results = AsyncIterableIterator<ExecutionResult>;
/** A field's own source, before anything is executed of it. */
type Source = AsyncIterableIterator<unknown> | LiveSource;

/** By the request: the cursor after which the stream that answers it begins. */
const beginnings = new WeakMap<object, string>();

/** Begins a subscription. @returns its results, masked; or the errors for which there are none */
export type Subscribe = (args: ExecutionArgs) => Promise<Results | ExecutionResult>;

export const createSubscribe =
  (options: StreamsOptions): Subscribe =>
  (args) =>
    subscribe(args, options);

/** Over HTTP: as server-sent events, each with its cursor. A socket calls `subscribe` itself. */
export function useStreams(subscribe: Subscribe): Plugin<GraphQLContext> {
  return {
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe as never),
    onResultProcess({ request, result, resultProcessor, setResultProcessor }) {
      if (!resultProcessor || !isAsyncIterable(result)) return;
      const process = (results: Results, fetchAPI: typeof globalThis) =>
        toEventStream(results, fetchAPI, beginnings.get(request));
      setResultProcessor(process as never, 'text/event-stream');
    },
  };
}

async function subscribe(args: ExecutionArgs, options: StreamsOptions): Promise<Results | ExecutionResult> {
  const { viewer, requestId } = args.contextValue as GraphQLContext;
  const { limits, mask } = options;
  const release = limits.take(viewer?.sub ?? '');
  if (!release) return mask({ errors: [tooManyStreams(limits.perUser)] }, requestId);
  const source = (await createSourceEventStream(args)) as Source | ExecutionResult;
  if (isAsyncIterable(source)) {
    const results = resultsOf(args, source as Source, options, release);
    return untilHungUp(results, args.contextValue as GraphQLContext);
  }
  release();
  return mask(source as ExecutionResult, requestId);
}

/** Of a caller that goes before it is answered nobody would read the results, and nobody end them. */
function untilHungUp(results: Results, { hungUp }: GraphQLContext): Results {
  const end = () => void results.return?.();
  if (hungUp?.aborted) end();
  else hungUp?.addEventListener('abort', end, { once: true });
  return results;
}

function resultsOf(args: ExecutionArgs, source: Source, options: StreamsOptions, onEnd: () => void): Results {
  const context = args.contextValue as GraphQLContext & { request?: Request };
  const { viewer } = context;
  if (!(source instanceof LiveSource) || !viewer) return eachForItself(args, source, options, onEnd);
  const { relay, wanted } = source;
  const { streamEndsAt: at, request } = context;
  const after = wanted.after ?? relay.position();
  // Whoever loses the connection before the first change goes on from here.
  if (request) beginnings.set(request, context.services.cursors.encode(after));
  return new LiveResults({
    group: () => options.groups.of(args, source, viewer),
    after,
    limit: relay.queueLimit,
    ending: at === null ? null : endingOf(viewer, at, options.standing),
    onEnd,
  });
}

/** With the token (milliseconds since 1970), or with the creator that it was made for. */
const endingOf = (viewer: Viewer, at: number, standing: Standing) => (end: (error: Error) => void) => {
  const timer = setTimeout(() => end(tokenExpired()), Math.min(at - Date.now(), LONGEST_TIMER_MS)).unref();
  const unwatch = standing.watch(viewer, () => end(creatorGone()));
  return () => {
    clearTimeout(timer);
    unwatch();
  };
};

/** Of a source that few listen to: executed for each of them. */
function eachForItself(
  args: ExecutionArgs,
  source: Source,
  { mask }: StreamsOptions,
  onEnd: () => void,
): Results {
  const { requestId, streamEndsAt } = args.contextValue as GraphQLContext;
  const entries = source as AsyncIterableIterator<unknown>;
  const limited = streamEndsAt === null ? entries : until(entries, streamEndsAt, tokenExpired);
  const toResult = async (rootValue: unknown) => mask(await execute({ ...args, rootValue }), requestId);
  const onError = (error: Error): never => {
    onEnd();
    throw error;
  };
  return mapAsyncIterator(limited, toResult, onError, onEnd) as Results;
}

const creatorGone = () => unauthenticated('There is no such creator any more.');

const tokenExpired = () =>
  unauthenticated('The token has expired. Get a new one and go on after your last cursor.');
