// Measures a document before anything else looks at it, in one walk. A fragment counts as often as it is spread, and
// is walked once, so that fragments which double each other are found out without being expanded.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export interface Shape {
  depth: number;
  aliases: number;
  directives: number;
  spreads: number;
  rootFields: number;
}

interface Walk {
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Null: it is being walked, so a spread of it is a cycle. Validation says so; here it counts for nothing. */
  known: Map<string, Shape | null>;
}

const NOTHING: Readonly<Shape> = { depth: 0, aliases: 0, directives: 0, spreads: 0, rootFields: 0 };
const shapes = new WeakMap<DocumentNode, Shape>();

/** Of each measure the most that any operation or fragment of the document has. */
export function shapeOf(document: DocumentNode): Readonly<Shape> {
  const shape = shapes.get(document) ?? measure(document);
  shapes.set(document, shape);
  return shape;
}

function measure({ definitions }: DocumentNode): Shape {
  const fragments = definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION);
  const walk: Walk = { fragments: new Map(fragments.map((f) => [f.name.value, f])), known: new Map() };
  const most = { ...NOTHING };
  for (const definition of definitions) {
    const shape = ofDefinition(definition, walk);
    for (const name of Object.keys(most) as (keyof Shape)[]) most[name] = Math.max(most[name], shape[name]);
  }
  return most;
}

function ofDefinition(definition: DocumentNode['definitions'][number], walk: Walk): Shape {
  // Its fields are root fields where an operation spreads it there, and counted with that.
  if (definition.kind === Kind.FRAGMENT_DEFINITION)
    return { ...ofFragment(definition.name.value, walk), rootFields: 0 };
  if (definition.kind !== Kind.OPERATION_DEFINITION) return NOTHING;
  const shape = ofSelections(definition.selectionSet, walk);
  const variables = definition.variableDefinitions ?? [];
  shape.directives += countOf(definition) + variables.reduce((sum, v) => sum + countOf(v), 0);
  return shape;
}

function ofFragment(name: string, walk: Walk): Shape {
  const known = walk.known.get(name);
  if (known !== undefined) return known ?? NOTHING;
  const fragment = walk.fragments.get(name);
  if (!fragment) return NOTHING;
  walk.known.set(name, null);
  const shape = ofSelections(fragment.selectionSet, walk);
  shape.directives += countOf(fragment);
  if (fragment.typeCondition.name.value.startsWith('__')) shape.depth = 1;
  walk.known.set(name, shape);
  return shape;
}

function ofSelections({ selections }: SelectionSetNode, walk: Walk): Shape {
  const sum = { ...NOTHING };
  for (const selection of selections) {
    const part = ofSelection(selection, walk);
    sum.depth = Math.max(sum.depth, part.depth);
    sum.aliases += part.aliases;
    sum.directives += part.directives + countOf(selection);
    sum.spreads += part.spreads;
    sum.rootFields += part.rootFields;
  }
  return sum;
}

function ofSelection(selection: SelectionNode, walk: Walk): Readonly<Shape> {
  if (selection.kind === Kind.INLINE_FRAGMENT) return ofSelections(selection.selectionSet, walk);
  if (selection.kind === Kind.FRAGMENT_SPREAD) {
    const shape = ofFragment(selection.name.value, walk);
    return { ...shape, spreads: shape.spreads + 1 };
  }
  const below = selection.selectionSet ? ofSelections(selection.selectionSet, walk) : NOTHING;
  // The schema's own fields have a rule of their own, and tools ask for them deeper than anybody asks for data.
  const depth = INTROSPECTION.has(selection.name.value) ? 1 : below.depth + 1;
  return { ...below, depth, aliases: below.aliases + (selection.alias ? 1 : 0), rootFields: 1 };
}

const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);

const countOf = ({ directives }: { directives?: readonly unknown[] | undefined }) => directives?.length ?? 0;
