// Measures the variables of an operation before anything else looks at them: whatever reads them meets each value, and tells
// of each that does not fit.
import { tooComplex } from '../errors.js';
import { LIMITS } from './limits.js';

/** @throws GraphQLError with TOO_COMPLEX for more values, or deeper ones, than anybody has a use for */
export function checkVariables(variables: unknown): void {
  let found = 0;
  let level = partsOf(variables);
  for (let depth = 1; level.length > 0; depth += 1) {
    found += level.length;
    if (found > LIMITS.variables) throw tooComplex('values in variables', LIMITS.variables, found);
    if (depth > LIMITS.variableDepth) throw tooComplex('levels of variables', LIMITS.variableDepth);
    level = level.flatMap(partsOf);
  }
}

/** What a list or an object holds. */
const partsOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];
