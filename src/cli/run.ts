// payouts run: shows what a period would pay, asks, pays exactly that, and shows how far it has come.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { InvalidInputError } from '../payouts/errors.js';
import type { RunPeriod } from '../payouts/runs/candidates.js';
import { balanceNow, previewRun, type RunPreview } from '../payouts/runs/preview.js';
import { progressOf, type RunProgress } from '../payouts/runs/progress.js';
import { type CreatedRun, createRun } from '../payouts/runs/run.js';
import { createStripe } from '../stripe/client.js';
import { balanceOf } from '../wiring/runs.js';
import { confirmed } from './confirm.js';
import { type CommandContext, NO_SIGNALS, withDatabase } from './context.js';
import { formatPreview, formatProgress } from './run-report.js';

interface RunFlags {
  period: string;
  reason?: string;
  dryRun?: boolean;
  yes?: boolean;
  wait: boolean;
  json?: boolean;
}

export interface RunReport {
  preview: RunPreview & { platformBalanceCents: number | null };
  /** Null: nothing was paid. */
  run: CreatedRun | null;
  /** Null: there is no run, or nobody waited for it. */
  progress: RunProgress | null;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description(
      'Pays every payable statement of a period: shows it, asks, pays exactly that; exits with 1 if some failed, or for a no',
    )
    .requiredOption(
      '--period <period>',
      'a month such as 2026-08, or two days such as 2026-08-01..2026-09-15',
    )
    .option('--reason <text>', 'why: kept in the audit')
    .option('--dry-run', 'says what it would pay, and pays nothing')
    .option('--yes', 'pays without asking')
    .option('--no-wait', 'does not wait until the payouts are sent')
    .option('--json', 'prints the report as JSON; pays only with --yes')
    .action(async (flags: RunFlags) => {
      const report = await withDatabase((context) => run(context, periodOf(flags.period), flags));
      if (flags.json) console.log(JSON.stringify(report));
      if (hasFailed(report)) process.exitCode = 1;
    });
}

async function run(context: CommandContext, period: RunPeriod, flags: RunFlags): Promise<RunReport> {
  const { config, db, actor } = context;
  const say = flags.json ? () => undefined : (text: string) => console.log(text);
  const seen = await previewRun({ pool: db.pool, limits: config.limits }, period);
  const balance = balanceOf({ config, db, stripe: createStripe(config.stripe) });
  const preview = { ...seen, platformBalanceCents: await balanceNow(balance, seen.currency) };
  say(formatPreview(preview));
  const nothing = { preview, run: null, progress: null };
  if (seen.payoutCount === 0 || flags.dryRun) return nothing;
  if (!(await isAgreed(flags))) {
    say('Nothing was paid.');
    process.exitCode = 1;
    return nothing;
  }
  const input = {
    ...period,
    expectedTotalCents: seen.totalCents,
    expectedPayoutCount: seen.payoutCount,
    expectedDigest: seen.digest,
    reason: flags.reason,
    idempotencyKey: randomUUID(),
  };
  const deps = { pool: db.pool, limits: config.limits, signals: NO_SIGNALS };
  const made = await createRun(deps, input, { name: actor });
  say(`The payouts are made (run ${made.runId}). Workers send them, whether or not this command goes on.`);
  const progress = flags.wait && made.runId ? await follow(context, made.runId, flags.json ?? false) : null;
  if (progress) say(formatProgress(progress, seen.currency));
  return { preview, run: made, progress };
}

/** @throws InvalidInputError where nobody can be asked */
async function isAgreed({ yes, json }: RunFlags): Promise<boolean> {
  if (yes) return true;
  if (json || !process.stdin.isTTY)
    throw new InvalidInputError(['yes'], 'nobody can be asked here: say --yes.');
  return confirmed('Pay this? [y/N] ');
}

/** Milliseconds between two looks. */
const LOOK_MS = 500;

/** Until everything is sent or waits for somebody, or for its next attempt. An interrupt ends the looking alone. */
async function follow({ db }: CommandContext, runId: string, quiet: boolean): Promise<RunProgress> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  const bar = progressBar(quiet);
  try {
    for (;;) {
      const [progress] = await progressOf(db.pool, [runId]);
      if (!progress) throw new Error(`there is no run ${runId}`);
      bar.update(progress);
      if (stop.signal.aborted || !isMoving(progress)) return progress;
      await sleep(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    bar.stop();
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}

const isMoving = ({ stages }: RunProgress) =>
  stages.some(({ stage, payoutCount }) => payoutCount > 0 && (stage === 'PENDING' || stage === 'PROCESSING'));

const hasFailed = ({ progress }: RunReport) =>
  progress?.stages.some(({ stage, payoutCount }) => stage === 'FAILED' && payoutCount > 0) ?? false;

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const DAYS = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/;

/** `2026-08`, or `2026-08-01..2026-09-15`, both days included. @throws InvalidInputError */
export function periodOf(text: string): RunPeriod {
  const [, year, month] = MONTH.exec(text) ?? [];
  if (year && month) {
    const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
    return { periodStart: `${text}-01`, periodEnd: `${text}-${last}` };
  }
  const [, periodStart, periodEnd] = DAYS.exec(text) ?? [];
  if (periodStart && periodEnd && isDay(periodStart) && isDay(periodEnd)) return { periodStart, periodEnd };
  throw new InvalidInputError(
    ['period'],
    `“${text}” is not a period such as 2026-08 or 2026-08-01..2026-09-15.`,
  );
}

/** There is such a day. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** On a terminal's error stream: what is piped on stays clean. */
function progressBar(quiet: boolean) {
  if (quiet || !process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: 'Paying {bar} {percentage}%  {value} of {total} payouts',
    clearOnComplete: true,
    hideCursor: true,
    stream: process.stderr,
  });
  bar.start(1, 0);
  return {
    update({ stages, endedCount }: RunProgress) {
      bar.setTotal(stages.reduce((sum, { payoutCount }) => sum + payoutCount, 0));
      bar.update(endedCount);
    },
    stop: () => bar.stop(),
  };
}
