// Types for the operations of the tests and of the dashboards, made from schema.graphql. The dashboards' come with the
// list of their documents, which the server always takes.
import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

const SCALARS = { DateTime: 'string', Date: 'string', JSON: 'unknown', SafeInt: 'number' };
const CONFIG = {
  useTypeImports: true,
  enumsAsTypes: true,
  scalars: SCALARS,
  documentMode: 'string' as const,
};

const config: CodegenConfig = {
  schema: 'schema.graphql',
  importExtension: '.js',
  generates: {
    'test/gql/': {
      documents: ['test/e2e/**/*.ts'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: CONFIG,
    },
    'src/dashboard/gql/': {
      documents: ['src/dashboard/**/*.graphql'],
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: CONFIG,
    },
  },
};

export default config;
