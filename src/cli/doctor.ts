// payouts doctor: says what is configured, reachable and missing, and what to do about it.
import type { Command } from 'commander';
import { ConfigError, readConfig } from '../config.js';
import { attach } from '../dev/embed.js';
import { columns } from '../statements/terminal.js';
import { MIGRATIONS } from '../wiring/database.js';
import { examine } from './doctor/examine.js';
import { type Finding, failed } from './doctor/finding.js';

const HELP = `
It changes nothing: no migration is run, and what others are sent has nothing in it. Exits with 1 if anything is an error; a warning is none.`;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Says what is configured, reachable and missing')
    .option('--json', 'prints the findings as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await diagnose();
      const errors = findings.filter(({ status }) => status === 'error').length;
      const warnings = findings.filter(({ status }) => status === 'warning').length;
      if (json) console.log(JSON.stringify({ ok: errors === 0, errors, warnings, findings }));
      else console.log(tell(findings, errors, warnings));
      if (errors > 0) process.exitCode = 1;
    });
}

/** Settings that do not hold are findings too: nothing else can be looked at with them. */
async function diagnose(): Promise<Finding[]> {
  try {
    const parts = await attach(readConfig());
    return await examine(parts.config, MIGRATIONS).finally(() => parts.stop());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => failed('settings', problem));
  }
}

const MARKS = { ok: 'ok', warning: 'LOOK', error: 'WRONG' } as const;

function tell(findings: readonly Finding[], errors: number, warnings: number): string {
  const rows = findings.flatMap(({ status, check, message, fix }) => [
    [MARKS[status], check, message],
    ...(fix ? [['', '', `→ ${fix}`]] : []),
  ]);
  const verdict = errors + warnings === 0 ? 'All is well.' : `${errors} wrong, ${warnings} to look at.`;
  return [...columns(['', 'WHAT', 'HOW IT IS'], rows, []), '', verdict].join('\n');
}
