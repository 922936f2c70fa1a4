// One run over a period, both ways: every transfer of Stripe's list beside the payout that it names, then every payout
// of ours whose transfer the list did not show. All of it may be done again at any time: it adds nothing twice.
import { checkpoint } from '../observability/checkpoints.js';
import type { ListedTransfer, StripePeriod } from '../payouts/ports.js';
import { compare } from './compare.js';
import type { Difference } from './difference.js';
import { examine } from './examine.js';
import { endOpenItems } from './gone.js';
import { groupBy } from './group.js';
import { ABSENCES } from './kinds.js';
import { type CompletedPayout, completedIn, ourPayouts, payoutsNamedBy, underWayBefore } from './ours.js';
import type { Pass } from './pass.js';
import { refreshReadiness } from './readiness.js';
import { recordStrangers } from './strangers.js';

/** @throws the signal's reason when it asks to stop, and what Stripe's not answering throws */
export async function reconcile(pass: Pass): Promise<void> {
  const { book } = pass.deps;
  let shownBefore: ReadonlySet<string> = new Set();
  for (const day of daysOf(pass.period)) {
    pass.signal.throwIfAborted();
    const shown = new Set<string>();
    for await (const page of book.created(day)) {
      for (const { id } of page) shown.add(id);
      await checkPage(pass, page);
    }
    // Completed in the first minutes of a day: its transfer may be one of the day before.
    await checkCompleted(pass, day, (id) => shown.has(id) || shownBefore.has(id));
    shownBefore = shown;
  }
  await checkUnderWay(pass);
  await refreshReadiness(pass);
  for await (const page of book.reversed(pass.period)) await checkPage(pass, page);
  // Last: what no part of a whole run has seen is gone.
  await endOpenItems(pass);
}

const DAY_MS = 86_400_000;

/** A day's ids are what stands in memory, rather than those of the whole period. */
export function* daysOf({ start, end }: StripePeriod): Generator<StripePeriod> {
  for (let from = start; from < end; ) {
    const to = new Date(Math.min(from.getTime() + DAY_MS, end.getTime()));
    yield { start: from, end: to };
    from = to;
  }
}

async function checkPage(pass: Pass, page: readonly ListedTransfer[]): Promise<void> {
  const { deps, counts } = pass;
  pass.signal.throwIfAborted();
  const ids = await payoutsNamedBy(deps.pool, page);
  const ours = await ourPayouts(deps.pool, ids, deps.staleAfterMs);
  counts.transfersChecked += page.length;
  counts.payoutsChecked += ours.length;
  const suspect = compare(ours, page).filter(({ kind }) => !ABSENCES.has(kind));
  for (const [payoutId, differences] of groupBy(suspect, (one) => one.payoutId)) {
    if (payoutId === null) await recordStrangers(pass, differences);
    else await examine(pass, payoutId, namedIn(differences, page));
  }
  checkpoint('reconcile.after_page');
  pass.tell();
}

function namedIn(differences: readonly Difference[], page: readonly ListedTransfer[]): ListedTransfer[] {
  const ids = new Set(differences.flatMap(({ transferId, details }) => [transferId, ...idsOf(details)]));
  return page.filter(({ id }) => ids.has(id));
}

const idsOf = (details: Difference['details']): string[] =>
  (details['transfers'] as string[] | undefined) ?? [];

async function checkCompleted(
  pass: Pass,
  day: StripePeriod,
  wasShown: (transferId: string) => boolean,
): Promise<void> {
  const isShown = (one: CompletedPayout) => one.stripeTransferId !== null && wasShown(one.stripeTransferId);
  for await (const batch of completedIn(pass.deps.pool, day)) {
    for (const { id } of batch.filter((one) => !isShown(one))) {
      pass.counts.payoutsChecked++;
      await examine(pass, id, []);
    }
    pass.tell();
  }
}

async function checkUnderWay(pass: Pass): Promise<void> {
  const { pool, staleAfterMs } = pass.deps;
  for await (const batch of underWayBefore(pool, pass.period.end, staleAfterMs)) {
    for (const id of batch) {
      pass.counts.payoutsChecked++;
      await examine(pass, id, []);
    }
    pass.tell();
  }
}
