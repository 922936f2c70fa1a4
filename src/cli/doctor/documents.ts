// The list of documents that may be asked.
import path from 'node:path';
import type { ReadyConfig } from '../../config.js';
import { type Finding, failed, ok, reasonOf } from './finding.js';

export async function checkDocuments({
  trustedDocumentsFile: file,
  callerDir,
}: ReadyConfig): Promise<Finding[]> {
  if (!file) return [];
  try {
    // Most have no such list, and need no schema.
    const { loadTrustedDocuments } = await import('../../graphql/limits/trusted-documents.js');
    const { schema } = await import('../../graphql/schema.js');
    const { size } = await loadTrustedDocuments(path.resolve(callerDir, file), schema);
    return [ok('documents', `The list of trusted documents has ${size}, and all of them fit the schema.`)];
  } catch (error) {
    const fix = 'The service does not start with it: make it anew with codegen.';
    return [failed('documents', `TRUSTED_DOCUMENTS does not hold: ${reasonOf(error)}.`, fix)];
  }
}
