// Trusted documents: with a list, nothing runs but what stands in it, named by its hash. The list is what codegen writes
// (`persistedDocuments`): an object of hash → document. Without a list every document may come as text.
import { readFile } from 'node:fs/promises';
import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { badRequest } from '../errors.js';

export type TrustedDocuments = ReadonlyMap<string, string>;

/** @throws Error for a file that is no such list, or a document that does not fit the schema */
export async function loadTrustedDocuments(file: string, schema: GraphQLSchema): Promise<TrustedDocuments> {
  const list: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof list !== 'object' || list === null || Array.isArray(list)) {
    throw new Error(`TRUSTED_DOCUMENTS: ${file} is not an object of hash and document.`);
  }
  for (const [hash, text] of Object.entries(list)) {
    const problem = problemOf(text, schema);
    if (problem) throw new Error(`TRUSTED_DOCUMENTS: ${hash} in ${file}: ${problem}`);
  }
  return new Map(Object.entries(list));
}

function problemOf(text: unknown, schema: GraphQLSchema): string | null {
  if (typeof text !== 'string') return 'is not a text.';
  try {
    return validate(schema, parse(text))[0]?.message ?? null;
  } catch (error) {
    if (error instanceof GraphQLError) return error.message;
    throw error;
  }
}

/** What a request names its document by. */
export interface NamedRequest {
  query?: unknown;
  documentId?: unknown;
  extensions?: unknown;
}

/**
 * The document that a request means: its text, or the one of the list that it names.
 * @throws GraphQLError with a list, for what does not stand in it
 */
export function documentOf(request: NamedRequest, list: TrustedDocuments | null): unknown {
  const id = idOf(request);
  // Over a socket the protocol wants a text, so an empty one is none.
  const hasText = request.query !== undefined && request.query !== null && request.query !== '';
  if (!list) {
    if (hasText || id === null) return request.query;
    throw badRequest('There is no list of documents here: send the document itself as `query`.');
  }
  if (id === null) throw badRequest('Only listed documents run here: send its hash as `documentId`.');
  const text = list.get(id);
  // Together with a text the name decides: the text is never looked at.
  if (text === undefined) throw badRequest('This document is not in the list.');
  return text;
}

/** `documentId` as GraphQL over HTTP has it, or Apollo's hash. */
function idOf({ documentId, extensions }: NamedRequest): string | null {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null };
  const id = documentId ?? persistedQuery?.sha256Hash;
  return typeof id === 'string' ? id.replace(/^sha256:/, '') : null;
}
