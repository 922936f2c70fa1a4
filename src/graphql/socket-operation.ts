// One operation over a socket: through the same steps as over HTTP, so that no rule holds there alone.
import { randomUUID } from 'node:crypto';
import type { ExecutionArgs, execute, GraphQLError } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { tooComplex } from './errors.js';
import type { Operation } from './operation.js';
import type { Yoga } from './server.js';
import type { SocketExtra } from './socket-sign-in.js';
import type { Channel } from './streams/outbox.js';
import { LiveResults } from './streams/results.js';
import type { Subscribe } from './streams/subscribe.js';

/** Operations under way on one socket; a stream is one until it ends. */
const MOST_OPERATIONS = 100;

interface Steps {
  execute: typeof execute;
  subscribe: Subscribe;
  /** Where the results of a stream go. */
  channel(): Channel | undefined;
  /** Tells what came of it. */
  end(result: unknown): void;
}

type Prepared = ExecutionArgs & { rootValue: Steps };
type Socket = Pick<Context<Record<string, unknown>, SocketExtra>, 'extra' | 'subscriptions'>;

/** @returns what `run` takes, or the errors for which nothing runs */
export async function prepare(
  yoga: Yoga,
  socket: Socket,
  id: string,
  payload: SubscribePayload,
): Promise<Prepared | readonly GraphQLError[]> {
  const operation = yoga.operations.begin(randomUUID(), payload);
  const refused = (errors: readonly GraphQLError[]) => {
    yoga.operations.end(operation, { errors });
    return errors;
  };
  try {
    const prepared = await prepareOrThrow(yoga, socket, id, payload, operation);
    return Array.isArray(prepared) ? refused(prepared) : prepared;
  } catch (error) {
    // Thrown on, it would close the socket under all its other subscriptions.
    return refused([yoga.maskError(error, operation.requestId)]);
  }
}

async function prepareOrThrow(
  yoga: Yoga,
  { extra, subscriptions }: Socket,
  id: string,
  payload: SubscribePayload,
  operation: Operation,
): Promise<Prepared | readonly GraphQLError[]> {
  const underWay = Object.keys(subscriptions).length;
  if (underWay > MOST_OPERATIONS) throw tooComplex('operations at once', MOST_OPERATIONS, underWay);
  const identity = extra.identity ?? null;
  const query = (await yoga.receive(payload, { identity, address: '' })) as string;
  operation.asked = { query, operationName: payload.operationName };
  const { requestId } = operation;
  const enveloped = yoga.getEnveloped({ identity, requestId, params: { ...payload, query } });
  const document = enveloped.parse(query);
  const errors = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) return errors;
  const channel = () => extra.outbox?.channel(id);
  const end = (result: unknown) => yoga.operations.end(operation, result);
  return {
    schema: enveloped.schema,
    document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue: await enveloped.contextFactory(),
    rootValue: { execute: enveloped.execute, subscribe: yoga.startStream, channel, end },
  } as Prepared;
}

/** Without what is meant for HTTP alone. */
export function toWire(error: GraphQLError) {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}

export async function runOnce(args: ExecutionArgs) {
  const prepared = args as Prepared;
  const result = await prepared.rootValue.execute(prepared);
  prepared.rootValue.end(result);
  return result;
}

/** What many hear alike goes past graphql-ws, which would take and write it out for each of them. */
export async function runStream(args: ExecutionArgs) {
  const { rootValue, ...operation } = args as Prepared;
  const results = await rootValue.subscribe(operation);
  rootValue.end(results);
  const channel = results instanceof LiveResults ? rootValue.channel() : undefined;
  return channel && results instanceof LiveResults ? results.sendTo(channel) : results;
}
