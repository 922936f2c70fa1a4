// The limits of one operation, and what is answered beyond them: of its document here, of its variables in variables.ts, of
// both together in cost.ts.
import type { DocumentNode, GraphQLError } from 'graphql';
import { tooComplex } from '../errors.js';
import { type Shape, shapeOf } from './shape.js';

export const LIMITS = {
  /** Words and signs of a document. */
  tokens: 2_000,
  /** Fields within fields. */
  depth: 12,
  /** `__typename` counts too. */
  aliases: 30,
  directives: 20,
  /** Spreads of fragments, each as often as it is reached. */
  spreads: 60,
  rootFields: 20,
  /** Of lists and objects too: 500 rows of a bulk mutation fit. */
  variables: 5_000,
  /** Lists and objects within each other. */
  variableDepth: 20,
  /** Values that an operation may ask for at most, lists by their page size. */
  cost: 10_000,
} as const;

const WORDS: Record<keyof Shape, string> = {
  depth: 'levels of fields',
  aliases: 'aliases',
  directives: 'directives',
  spreads: 'fragment spreads',
  rootFields: 'root fields',
};

/** What is too much about a document; null: nothing is. */
export function excessOf(document: DocumentNode): GraphQLError | null {
  const shape = shapeOf(document);
  for (const [name, words] of Object.entries(WORDS) as [keyof Shape, string][]) {
    if (shape[name] > LIMITS[name]) return tooComplex(words, LIMITS[name], shape[name]);
  }
  return null;
}
