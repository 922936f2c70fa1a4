// payouts verify-audit: finds rows of the audit that were edited, deleted or put in.
import type { Command } from 'commander';
import { type AuditFinding, verifyAudit } from '../payouts/verify-audit.js';
import { withDatabase } from './context.js';

export function addVerifyAudit(program: Command): void {
  program
    .command('verify-audit')
    .description('Finds rows of the audit that were edited, deleted or put in; exits with 1 if there are any')
    .option('--json', 'prints the report as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const report = await withDatabase(({ db }) => verifyAudit(db.pool));
      if (json) console.log(JSON.stringify(report));
      else tell(report.rows, report.chains, report.findings);
      if (report.findings.length > 0) process.exitCode = 1;
    });
}

const WORDS: Readonly<Record<AuditFinding['fault'], string>> = {
  edited: 'was edited',
  unlinked: 'does not follow the row before it: that one was edited, replaced or put in',
  missing_before: 'has lost the rows before it',
  missing_at_end: 'is missing at the end',
  put_in: 'was put in: it explains no change of the payout',
};

function tell(rows: number, chains: number, findings: readonly AuditFinding[]): void {
  for (const { fault, chain, sequence, id } of findings) {
    console.log(`${chain} row ${sequence}${id === null ? '' : ` (id ${id})`} ${WORDS[fault]}`);
  }
  const verdict = findings.length === 0 ? 'all of it holds' : `${findings.length} findings`;
  console.log(`${rows} rows in ${chains} chains: ${verdict}.`);
}
