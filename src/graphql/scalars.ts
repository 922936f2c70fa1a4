// Scalars beyond GraphQL's own: graphql-scalars checks the values, the names and descriptions are ours.
import { GraphQLScalarType, type GraphQLScalarTypeConfig } from 'graphql';
import { GraphQLDateTimeISO, GraphQLLocalDate, GraphQLSafeInt } from 'graphql-scalars';

export const DateTimeScalar = named<Date, Date>(GraphQLDateTimeISO, {
  name: 'DateTime',
  description: 'A moment, RFC 3339 in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.',
});

export const DateScalar = named<string, string | Date>(GraphQLLocalDate, {
  name: 'Date',
  description: 'A day, `2026-01-31`.',
  serialize: (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)),
});

export const SafeIntScalar = named<number, number>(GraphQLSafeInt, {
  name: 'SafeInt',
  description: 'A whole number up to 2^53 - 1, exact in JSON: sums of cents, which outgrow Int.',
});

/** The resolvers' side of the scalar is typed by what we hand in, which the library leaves open. */
function named<Input, Output>(
  scalar: GraphQLScalarType<unknown, unknown>,
  overrides: Partial<GraphQLScalarTypeConfig<unknown, unknown>>,
): GraphQLScalarType<Input, Output> {
  return new GraphQLScalarType({ ...scalar.toConfig(), ...overrides }) as GraphQLScalarType<Input, Output>;
}
