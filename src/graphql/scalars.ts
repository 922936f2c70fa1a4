// Scalars beyond GraphQL's own: graphql-scalars checks the values, the names and descriptions are ours.
import { GraphQLError, GraphQLScalarType, type GraphQLScalarTypeConfig } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSON, GraphQLLocalDate, GraphQLSafeInt } from 'graphql-scalars';

export const DateTimeScalar = named<Date, Date | string>(GraphQLDateTimeISO, {
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

/** For answers alone: no argument takes it. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'A value as JSON has it, whose shape differs from row to row.',
});

/** The resolvers' side of the scalar is typed by what we hand in, which the library leaves open. */
function named<Input, Output>(
  scalar: GraphQLScalarType<unknown, unknown>,
  overrides: Partial<GraphQLScalarTypeConfig<unknown, unknown>>,
): GraphQLScalarType<Input, Output> {
  const { parseValue, parseLiteral, ...config } = scalar.toConfig();
  return new GraphQLScalarType({
    ...config,
    parseValue: (value) => inOurCalendar(parseValue(value)),
    // Of one argument: a compiled query has no variables inside of such a literal, and the compiler says so aloud.
    parseLiteral: (node) => inOurCalendar(parseLiteral(node, undefined)),
    ...overrides,
  }) as GraphQLScalarType<Input, Output>;
}

/** Postgres knows no year 0, and a time zone may lead out of the year 9999. */
function inOurCalendar(value: unknown): unknown {
  const text = value instanceof Date ? value.toISOString() : String(value);
  const isDate = value instanceof Date || typeof value === 'string';
  if (isDate && !/^(?!0000)\d{4}-/.test(text)) throw new GraphQLError('The year must be from 0001 to 9999.');
  return value;
}
