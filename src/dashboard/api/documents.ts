// Documents come to the browser as texts, which are a fraction of what they are when read; the client wants them read. Each
// is asked for by the hash that codegen has written beside it, and into the list that the server knows.
import { createRequest, type TypedDocumentNode } from 'urql';
import type { TypedDocumentString } from '../gql/graphql.js';

const read = new WeakMap<object, object>();
/** By the key that the client gives a document, and keeps through all that it does to it. */
const hashes = new Map<unknown, string>();

const keyOf = (document: object) => (document as { __key?: number }).__key;

/** The document as the client takes it. */
export function nodeOf<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
): TypedDocumentNode<Data, Variables & object> {
  const known = read.get(document);
  if (known) return known as never;
  const { query } = createRequest(document.toString(), {});
  hashes.set(keyOf(query), String(document.__meta__?.['hash']));
  read.set(document, query);
  return query as never;
}

export const hashOf = (document: object) => hashes.get(keyOf(document));
