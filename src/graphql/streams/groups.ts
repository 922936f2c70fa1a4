// Subscribers who sent the same document with the same variables and may see the same are one group: each change is
// executed once for all of them. What differs between them and changes no answer, such as where each one begins, is not
// looked at.
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { Group } from '../../live/group.js';
import type { LogEntry } from '../../live/log.js';
import { scopeOf, type Viewer } from '../../payouts/viewer.js';
import type { GraphQLContext } from '../context.js';
import type { Mask } from '../masking.js';
import { type Frame, frameOf } from './frame.js';
import type { LiveSource } from './source.js';

export interface GroupsOptions {
  /** For one change: nothing may be kept from one to the next. */
  contextOf(viewer: Viewer): GraphQLContext;
  mask: Mask;
}

export interface Groups {
  /** The group of an operation whose field has handed out `source`. */
  of(args: ExecutionArgs, source: LiveSource, viewer: Viewer): Group<Frame>;
  /** How many there are. */
  readonly size: number;
}

export function createGroups(options: GroupsOptions): Groups {
  /** By document: the same text is the same one, as long as it is kept. */
  const byDocument = new WeakMap<DocumentNode, Map<string, Group<Frame>>>();
  let size = 0;
  return {
    of(args, source, viewer) {
      const groups = byDocument.get(args.document) ?? new Map<string, Group<Frame>>();
      byDocument.set(args.document, groups);
      const key = keyOf(args, viewer);
      const known = groups.get(key);
      if (known) return known;
      const onEmpty = () => {
        if (groups.get(key) === group) groups.delete(key);
        size -= 1;
      };
      const group = newGroup(args, source, viewer, options, onEmpty);
      groups.set(key, group);
      size += 1;
      return group;
    },
    get size() {
      return size;
    },
  };
}

function newGroup(
  args: ExecutionArgs,
  { relay, wanted }: LiveSource,
  viewer: Viewer,
  { contextOf, mask }: GroupsOptions,
  onEmpty: () => void,
): Group<Frame> {
  const compute = (entry: LogEntry): Frame | Promise<Frame> => {
    const contextValue = contextOf(viewer);
    const toFrame = (result: ExecutionResult) =>
      frameOf(contextValue.services.cursors.encode(entry.position), mask(result, contextValue.requestId));
    const result = execute({ ...args, rootValue: entry, contextValue });
    return result instanceof Promise ? result.then(toFrame) : toFrame(result);
  };
  return new Group<Frame>({ relay, interest: wanted, compute, limit: relay.queueLimit, onEmpty });
}

/** Who may see the same gets the same: nothing that is read depends on which admin it is. */
function keyOf({ document, operationName, variableValues }: ExecutionArgs, viewer: Viewer): string {
  const beginnings = beginningsOf(document);
  const variables = Object.entries(variableValues ?? {}).filter(([name]) => !beginnings.has(name));
  variables.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([scopeOf(viewer), operationName ?? null, variables]);
}

const known = new WeakMap<DocumentNode, ReadonlySet<string>>();

/** The variables that say where a reader begins, and nothing else. */
function beginningsOf(document: DocumentNode): ReadonlySet<string> {
  const found = known.get(document) ?? lookForBeginnings(document);
  known.set(document, found);
  return found;
}

function lookForBeginnings(document: DocumentNode): ReadonlySet<string> {
  const beginnings = new Set<string>();
  const uses = new Map<string, number>();
  for (const { selectionSet } of document.definitions.filter(isSubscription)) {
    for (const field of selectionSet.selections) {
      if (field.kind !== Kind.FIELD) continue;
      const after = field.arguments?.find(({ name }) => name.value === 'after')?.value;
      if (after?.kind === Kind.VARIABLE) beginnings.add(after.name.value);
    }
  }
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void uses.set(name.value, (uses.get(name.value) ?? 0) + 1),
  });
  return new Set([...beginnings].filter((name) => uses.get(name) === 1));
}

const isSubscription = (one: DocumentNode['definitions'][number]): one is OperationDefinitionNode =>
  one.kind === Kind.OPERATION_DEFINITION && one.operation === 'subscription';
