// Types for the operations in the tests (and, later, the dashboards), made from schema.graphql.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['test/e2e/**/*.ts'],
  importExtension: '.js',
  generates: {
    'test/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentMode: 'string',
        scalars: { DateTime: 'string', Date: 'string', JSON: 'unknown', SafeInt: 'number' },
      },
    },
  },
};

export default config;
