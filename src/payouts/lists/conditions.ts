// Which payouts a list has: the WHERE clause of a list and of its count. The tenant's scope is put on here and nowhere
// else.
import type { PayoutStatus } from '../../generated/prisma/enums.js';
import { AWAITS_APPROVAL, IS_HELD, IS_KEPT_BACK } from '../standing.js';
import { scopeOf, type Viewer } from '../viewer.js';

export interface PayoutFilter {
  status?: readonly PayoutStatus[] | undefined;
  creatorId?: string | undefined;
  royaltyStatementId?: string | undefined;
  /** Made by this run. */
  payoutRunId?: string | undefined;
  amountCents?: { gte?: number | undefined; lte?: number | undefined } | undefined;
  /** Held by an admin; of a creator's list also what awaits approval. */
  held?: boolean | undefined;
  /** Above its limit, and not approved for what it is now; of a creator's list also what is held. */
  awaitingApproval?: boolean | undefined;
  createdAt?: { gte?: Date | undefined; lt?: Date | undefined } | undefined;
  /** A payout's id; for admins also its transfer, or how its creator's name or e-mail begins. Blank: no condition. */
  search?: string | undefined;
}

const FOUND = 'lower(c.display_name) LIKE lower(?) OR lower(c.email) LIKE lower(?)';

/** The creators are found first, by their own indexes: one condition on three columns of payouts remains. */
const SEARCHED = `(id = ? OR stripe_transfer_id = ? OR creator_id = ANY(ARRAY(
  SELECT c.id FROM creators c WHERE ${FOUND})))`;

/** The same for rows that are read already; where it finds few creators, nothing is read at all. */
const FEW = 100;
const SEARCHED_IF_MANY = `(SELECT count(*) FROM (SELECT FROM creators c WHERE ${FOUND} LIMIT ${FEW + 1}) AS found) > ${FEW}
  AND (id = ? OR stripe_transfer_id = ? OR creator_id IN (SELECT c.id FROM creators c WHERE ${FOUND}))`;

/** The viewer's scope first, then what the filter says. */
export class Conditions {
  readonly values: unknown[] = [];
  /** The filter says no more than whose payouts, and in which status. */
  readonly knownToRollups: boolean;
  private readonly parts: string[] = [];

  constructor(viewer: Viewer, filter: PayoutFilter) {
    const scope = scopeOf(viewer);
    if (scope !== null) this.add('creator_id = ?', scope);
    if (filter.creatorId !== undefined) this.add('creator_id = ?', filter.creatorId);
    if (filter.status?.length === 1) this.add('status = ?::"PayoutStatus"', filter.status[0]);
    else if (filter.status) this.add('status = ANY(?::"PayoutStatus"[])', filter.status);
    const known = this.parts.length;
    this.further(viewer, filter);
    this.knownToRollups = this.parts.length === known;
  }

  /** What no sum is kept of. */
  private further(
    viewer: Viewer,
    { amountCents, held, awaitingApproval, createdAt, search, ...from }: PayoutFilter,
  ): void {
    this.madeFrom(from);
    if (amountCents?.gte !== undefined) this.add('amount_cents >= ?', amountCents.gte);
    if (amountCents?.lte !== undefined) this.add('amount_cents <= ?', amountCents.lte);
    const admin = viewer.role === 'ADMIN';
    if (held !== undefined) this.add(when(held, admin ? IS_HELD : IS_KEPT_BACK));
    if (awaitingApproval !== undefined)
      this.add(when(awaitingApproval, admin ? AWAITS_APPROVAL : IS_KEPT_BACK));
    if (createdAt?.gte) this.add('created_at >= ?::timestamp', createdAt.gte.toISOString());
    if (createdAt?.lt) this.add('created_at < ?::timestamp', createdAt.lt.toISOString());
    if (search?.trim()) this.search(search.trim(), viewer);
  }

  private madeFrom({ royaltyStatementId, payoutRunId }: PayoutFilter): void {
    if (royaltyStatementId !== undefined) this.add('royalty_statement_id = ?', royaltyStatementId);
    if (payoutRunId !== undefined) this.add('run_id = ?', payoutRunId);
  }

  private search(text: string, viewer: Viewer): void {
    const beginning = beginningOf(text);
    if (viewer.role === 'ADMIN') this.add(SEARCHED, text, text, beginning, beginning);
    else this.add('id = ?', text);
  }

  /** For what is read by the other conditions: which of it an admin's search finds, if it finds many creators. */
  searchedIfMany(search: string): string {
    const [text, beginning] = [search.trim(), beginningOf(search.trim())];
    return this.bind(SEARCHED_IF_MANY, beginning, beginning, text, text, beginning, beginning);
  }

  add(condition: string, ...values: unknown[]): void {
    this.parts.push(this.bind(condition, ...values));
  }

  /** Each `?` of the condition takes one of the values. */
  private bind(condition: string, ...values: unknown[]): string {
    return condition.replaceAll('?', () => `$${this.values.push(values.shift())}`);
  }

  sql(): string {
    return this.parts.length === 0 ? '' : `WHERE ${this.parts.join(' AND ')}`;
  }
}

const when = (wanted: boolean, condition: string): string =>
  wanted ? condition : `${condition} IS NOT TRUE`;

/** A pattern for what begins so. */
export const beginningOf = (text: string): string => `${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
