// Writes down who took what out of the system, before the first of it leaves.
import { recordAudit } from '../../db/audit.js';
import type { Queryable } from '../../db/connect.js';
import type { Actor } from '../actor.js';

export type ExportAction = 'payouts_exported' | 'payout_audit_exported' | 'statement_exported';

/** @param what which rows: the filter, or whose and of when */
export function recordExport(
  db: Queryable,
  action: ExportAction,
  { name, requestId }: Actor,
  what: Readonly<Record<string, unknown>>,
): Promise<void> {
  return recordAudit(db, {
    chain: 'exports',
    actor: name,
    action,
    ...(requestId && { requestId }),
    after: what,
  });
}
