// A run of reconciliation for people.
import type { ReportedItem, RunReport } from '../reconciliation/report.js';
import { columns, plural } from '../statements/terminal.js';

export function formatRun(run: RunReport): string {
  const period = `${day(run.periodStart)} to ${day(run.periodEnd)}, UTC`;
  const checked = `${plural(run.transfersChecked, 'transfer')} and ${plural(run.payoutsChecked, 'payout')} compared`;
  return [`Reconciliation ${run.id}: ${period}.`, `${checked}.`, '', ...outcome(run)].join('\n');
}

const day = (time: Date) => time.toISOString().slice(0, 16).replace('T', ' ');

function outcome(run: RunReport): string[] {
  const found = run.items.length === 0 ? [] : [...table(run.items), ''];
  const more = run.truncated ? ['There are more; they are all in the list of reconciliation items.'] : [];
  return [...found, ...more, verdict(run)];
}

function table(items: readonly ReportedItem[]): string[] {
  const rows = items.map(({ state, kind, payoutId, transferId }) => [
    state.toLowerCase(),
    kind.replaceAll('_', ' '),
    payoutId ?? '',
    transferId ?? '',
  ]);
  return columns(['state', 'difference', 'payout', 'transfer'], rows, []);
}

function verdict({ status, error, openCount, repairedCount }: RunReport): string {
  if (status === 'FAILED') return `It could not be finished: ${error ?? 'no reason was written down'}`;
  if (status !== 'COMPLETED') return 'It was interrupted; a worker takes it up again.';
  if (openCount > 0)
    return `${plural(openCount, 'difference')} left, ${repairedCount} repaired. Each has an alert.`;
  return repairedCount > 0 ? `The books agree now: ${repairedCount} repaired.` : 'The books agree.';
}
