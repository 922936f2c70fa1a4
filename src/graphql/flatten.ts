// A query without its fragments: the fields of each stand where it was spread. The compiler would answer the fields of a
// fragment in another order than graphql-js.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

interface Flattening {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** Thrown where only an answer says which fields there are: what is of an interface or a union, and the schema itself. */
class NotFlatError extends Error {
  readonly code = 'NOT_FLAT';
}

/** A valid query without directives; null where its fragments cannot be done without. */
export function flatten(
  schema: GraphQLSchema,
  { definitions, ...document }: DocumentNode,
  query: OperationDefinitionNode,
): DocumentNode | null {
  const fragments = definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION);
  if (fragments.length === 0 && !hasFragment(query.selectionSet)) return { ...document, definitions };
  const flattening = { schema, fragments: new Map(fragments.map((f) => [f.name.value, f])) };
  try {
    const selectionSet = flatSet(query.selectionSet, schema.getQueryType() ?? undefined, flattening);
    return { ...document, definitions: [{ ...query, selectionSet }] };
  } catch (error) {
    if (error instanceof NotFlatError) return null;
    throw error;
  }
}

/** Inline or spread, at whatever depth. */
const hasFragment = ({ selections }: SelectionSetNode): boolean =>
  selections.some(
    (one) => one.kind !== Kind.FIELD || (one.selectionSet !== undefined && hasFragment(one.selectionSet)),
  );

type Parent = GraphQLNamedType | undefined;

function flatSet(set: SelectionSetNode, parent: Parent, flattening: Flattening): SelectionSetNode {
  const selections = set.selections.flatMap((one) => flatSelection(one, parent, flattening));
  // Fragments of another type alone: nothing is asked for.
  if (selections.length === 0) throw new NotFlatError();
  return { ...set, selections };
}

function flatSelection(one: SelectionNode, parent: Parent, flattening: Flattening): SelectionNode[] {
  if (one.kind === Kind.FIELD) {
    const { selectionSet } = one;
    if (!selectionSet) return [one];
    return [{ ...one, selectionSet: flatSet(selectionSet, typeOf(one.name.value, parent), flattening) }];
  }
  if (!isObjectType(parent)) throw new NotFlatError();
  const held = one.kind === Kind.INLINE_FRAGMENT ? one : flattening.fragments.get(one.name.value);
  const condition = held?.typeCondition?.name.value ?? parent.name;
  if (!held || !isOf(parent, condition, flattening.schema)) return [];
  return held.selectionSet.selections.flatMap((below) => flatSelection(below, parent, flattening));
}

function typeOf(field: string, parent: Parent): GraphQLNamedType {
  const known = parent && 'getFields' in parent ? parent.getFields()[field] : undefined;
  if (!known) throw new NotFlatError();
  return getNamedType(known.type as Parameters<typeof getNamedType>[0]) as GraphQLNamedType;
}

function isOf(parent: GraphQLNamedType, condition: string, schema: GraphQLSchema): boolean {
  const type = schema.getType(condition);
  if (parent.name === condition) return true;
  return isAbstractType(type) && isObjectType(parent) && schema.isSubType(type, parent);
}
