// Examples at the end of each command's help: what somebody types who does it for the first time.
import type { Command } from 'commander';

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  serve: ['serve', 'ROLE=worker serve'],
  migrate: ['migrate', 'migrate --json'],
  seed: ['seed'],
  import: [
    'import august.tsv --dry-run',
    'import august.tsv',
    'import august.tsv --skip-bad --json > report.json',
  ],
  run: ['run --period 2026-08 --dry-run', 'run --period 2026-08', 'run --period 2026-08 --yes --json'],
  retry: [
    'retry cmc2v0x1p0000abcd1234efgh',
    'retry --code balance_insufficient --dry-run',
    'retry --gave-up --json',
  ],
  alias: ['alias "Nova Reyes" nova@example.com', 'alias', 'alias "Nova Reyes" ida@example.com --replace'],
  token: ['token --expires 30m', 'token --creator nova@example.com'],
  reconcile: ['reconcile', 'reconcile --from 2026-08-01 --to 2026-09-01 --json'],
  verify: ['verify', 'verify --from 2026-08-01 --json'],
  'verify-audit': ['verify-audit', 'verify-audit --json'],
  export: [
    'export --status FAILED,PENDING > open.csv',
    'export --from 2026-01-01 --to 2027-01-01 --out 2026.csv',
  ],
  adopt: [
    'adopt tr_1PabcDEF',
    'adopt tr_1PabcDEF --statement cmc2v0x1p0000abcd1234efgh',
    'adopt tr_1PabcDEF --statement none',
  ],
  'after-restore': ['after-restore', 'after-restore --backup-time 2026-08-01T03:00:00Z'],
  doctor: ['doctor', 'NODE_ENV=production doctor --json'],
  simulator: ['simulator --port 4010 --webhook-url http://127.0.0.1:4000/api/webhooks/stripe'],
  'email-preview': ['email-preview', 'email-preview --out mails'],
  schema: ['schema > schema.graphql'],
};

/** What stands before the command is of the shell. */
export function addExamples(command: Command): void {
  const name = command.name();
  const lines = (EXAMPLES[name] ?? []).map((line) => {
    const at = line.search(new RegExp(`\\b${name}\\b`));
    return `  $ ${line.slice(0, at)}npm run payouts -- ${line.slice(at)}`;
  });
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
