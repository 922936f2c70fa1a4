// Reads documents, with a limit of tokens; and keeps those that come again and again, up to a weight that no caller can
// exceed by sending others.
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { tooComplex } from '../errors.js';
import { LIMITS } from './limits.js';

/** @throws GraphQLError for what is no document, or has too many tokens */
export type ReadDocument = (text: string) => DocumentNode;

/** Characters of all documents that are kept; a parsed one takes some hundred bytes for each of its words. */
const MOST_KEPT = 400_000;
/** A longer one is read anew each time. */
const LONGEST_KEPT = 20_000;

export function createDocuments(): ReadDocument {
  /** The one that was asked for last is the last. */
  const kept = new Map<string, DocumentNode>();
  let weight = 0;
  const keep = (text: string, document: DocumentNode) => {
    kept.set(text, document);
    weight += text.length;
    for (const oldest of kept.keys()) {
      if (weight <= MOST_KEPT) return;
      kept.delete(oldest);
      weight -= oldest.length;
    }
  };
  return (text) => {
    const known = kept.get(text);
    if (known) {
      kept.delete(text);
      kept.set(text, known);
      return known;
    }
    const document = read(text);
    if (text.length <= LONGEST_KEPT) keep(text, document);
    return document;
  };
}

function read(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: LIMITS.tokens });
  } catch (error) {
    throw error instanceof GraphQLError && TOO_MANY.test(error.message)
      ? tooComplex('tokens', LIMITS.tokens)
      : error;
  }
}

const TOO_MANY = /^Syntax Error: Document contains more that \d+ tokens/;
