// Every place of the schema that takes an id, found by walking it: arguments of type ID, and fields of type ID in what
// arguments are made of.
import { type GraphQLInputType, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import { schema } from '../../src/graphql/schema.js';

/** As `Query.payouts(filter.creatorId)`, sorted. */
export function idPlaces(): string[] {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const fields = types
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
  return fields
    .flatMap(({ type, field }) =>
      field.args
        .flatMap((arg) => idPaths(arg.name, arg.type))
        .map((path) => `${type.name}.${field.name}(${path})`),
    )
    .sort();
}

/** `above`: the inputs that this one stands in, since one may hold itself. */
function idPaths(path: string, type: GraphQLInputType, above: readonly string[] = []): string[] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [path];
  if (!isInputObjectType(named) || above.includes(named.name)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    idPaths(`${path}.${field.name}`, field.type, [...above, named.name]),
  );
}
