// Gathers the types. What a client may do is in the files under types/.
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './builder.js';
import './types/acknowledge-alert.js';
import './types/alert.js';
import './types/audit-event-list.js';
import './types/bank-payout.js';
import './types/create-onboarding-link.js';
import './types/control-payout.js';
import './types/create-payout.js';
import './types/create-payouts.js';
import './types/create-payout-run.js';
import './types/creator.js';
import './types/creator-readiness.js';
import './types/error.js';
import './types/payout.js';
import './types/payout-analytics.js';
import './types/payout-control.js';
import './types/payout-email.js';
import './types/payout-list.js';
import './types/payout-run.js';
import './types/payout-run-preview.js';
import './types/payout-status-change.js';
import './types/payout-summary.js';
import './types/payout-webhook-events.js';
import './types/processing.js';
import './types/reconciliation-item.js';
import './types/reconciliation-item-list.js';
import './types/reconciliation-run.js';
import './types/replay-webhook-event.js';
import './types/repair-reconciliation-item.js';
import './types/resolve-reconciliation-item.js';
import './types/retry-payout.js';
import './types/retry-payouts.js';
import './types/royalty-statement.js';
import './types/run-reconciliation.js';
import './types/upsert-creators.js';
import './types/upsert-royalty-statements.js';
import './types/viewer.js';
import './types/webhook-event.js';

builder.queryType({ description: 'What can be read.' });
builder.mutationType({ description: 'What can be done.' });
builder.subscriptionType({ description: 'What can be watched.' });

export const schema: GraphQLSchema = builder.toSchema();

/** The schema as `schema.graphql` has it. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
