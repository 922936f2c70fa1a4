// What an operation asks for below a field: so that a list reads with its rows what is wanted of their neighbours.
import type { GraphQLResolveInfo, SelectionNode, SelectionSetNode } from 'graphql';

/** The names of the fields that are asked for at `path` below the resolver's own field, under whatever alias. */
export function fieldsBelow(info: GraphQLResolveInfo, path: readonly string[]): ReadonlySet<string> {
  let selections = info.fieldNodes.flatMap((node) => flat(node.selectionSet, info));
  for (const name of path) {
    selections = selections
      .filter((one) => one.name.value === name)
      .flatMap((one) => flat(one.selectionSet, info));
  }
  return new Set(selections.map((one) => one.name.value));
}

type FieldNode = Extract<SelectionNode, { kind: 'Field' }>;

/** Fragments stand for what they hold; whether a directive leaves a field out is not looked at. */
function flat(set: SelectionSetNode | undefined, info: GraphQLResolveInfo): FieldNode[] {
  return (set?.selections ?? []).flatMap((one) => {
    if (one.kind === 'Field') return [one];
    const held = one.kind === 'InlineFragment' ? one : info.fragments[one.name.value];
    return flat(held?.selectionSet, info);
  });
}
