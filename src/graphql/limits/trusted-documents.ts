// Trusted documents: with a list, nothing runs but what stands in it, named by its hash. The list is what codegen writes
// (`persistedDocuments`): an object of hash → document. Without a list every document may come as text. The dashboards'
// own documents are always known by their hashes, beside the list or without one.
import { readFile } from 'node:fs/promises';
import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { badRequest } from '../errors.js';

export type TrustedDocuments = ReadonlyMap<string, string>;

export interface KnownDocuments {
  /** May be named by their hashes. */
  byHash: TrustedDocuments;
  /** Nothing else may run. */
  only: boolean;
}

/** @param list the operator's; null: every document may run. @param own may always be named */
export const knownDocuments = (list: TrustedDocuments | null, own: TrustedDocuments): KnownDocuments => ({
  byHash: new Map([...own, ...(list ?? [])]),
  only: list !== null,
});

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
  return new Map(Object.entries(list).map(([hash, text]) => [bare(hash), text]));
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
 * The document that a request means: its text, or the one that it names.
 * @throws GraphQLError for a name that is not known; where only known ones run, for a text too
 */
export function documentOf(request: NamedRequest, { byHash, only }: KnownDocuments): unknown {
  const id = idOf(request);
  // Over a socket the protocol wants a text, so an empty one is none.
  const hasText = request.query !== undefined && request.query !== null && request.query !== '';
  if (!only && (hasText || id === null)) return request.query;
  if (id === null) throw badRequest('Only listed documents run here: send its hash as `documentId`.');
  const text = byHash.get(id);
  // Together with a text the name decides: the text is never looked at.
  if (text === undefined) throw badRequest(only ? NOT_LISTED : NOT_KNOWN);
  return text;
}

const NOT_LISTED = 'This document is not in the list.';
const NOT_KNOWN = 'No document is known by this hash here: send the document itself as `query`.';

/** `documentId` as GraphQL over HTTP has it, or Apollo's hash. */
function idOf({ documentId, extensions }: NamedRequest): string | null {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null };
  const id = documentId ?? persistedQuery?.sha256Hash;
  return typeof id === 'string' ? bare(id) : null;
}

/** Codegen and clients may say which hash it is. */
const bare = (hash: string) => hash.replace(/^sha256:/, '');
