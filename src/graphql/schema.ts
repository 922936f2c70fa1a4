// Gathers the types. What a client may do is in the files under types/.
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './builder.js';
import './types/create-payout.js';
import './types/creator.js';
import './types/error.js';
import './types/payout.js';
import './types/payout-list.js';
import './types/payout-run.js';
import './types/payout-status-change.js';
import './types/retry-payout.js';
import './types/royalty-statement.js';
import './types/viewer.js';

builder.queryType({ description: 'What can be read.' });
builder.mutationType({ description: 'What can be done.' });
builder.subscriptionType({ description: 'What can be watched.' });

export const schema: GraphQLSchema = builder.toSchema();

/** The schema as `schema.graphql` has it. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
