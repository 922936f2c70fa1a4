// What an admin can do about a report's problems, as commands to copy where there are any.
import { formats } from './formats/list.js';
import type { ImportReport } from './report.js';
import type { ProblemCode } from './row-error.js';
import { plural, printable, shellWord } from './terminal.js';

const MOST_COMMANDS = 20;

export function nextSteps(report: ImportReport): string[] {
  const byAlias = formats.find(({ id }) => id === report.format)?.creatorsBy === 'alias';
  const steps = [
    ...(byAlias ? aliasCommands(report) : accountAdvice(report)),
    ...overlapAdvice(report),
    ...goOn(report),
  ];
  return steps.length > 0 ? ['What to do next:', ...steps.map((step) => `  ${step}`)] : [];
}

/** CREATOR stays for the admin to fill in: whom a name means is never guessed. */
function aliasCommands({ unknownCreators, unknownCreatorCount }: ImportReport): string[] {
  if (unknownCreators.length === 0) return [];
  const commands = unknownCreators
    .slice(0, MOST_COMMANDS)
    .map(({ name }) => `  npm run payouts -- alias ${shellWord(printable(name))} CREATOR`);
  const rest = unknownCreatorCount - commands.length;
  return [
    'Say who the unknown names are (CREATOR: e-mail address, external id or id):',
    ...commands,
    ...(rest > 0 ? [`  … and so on for ${plural(rest, 'more name')}`] : []),
  ];
}

function accountAdvice({ unknownCreators }: ImportReport): string[] {
  const has = (reason: string) => unknownCreators.some((creator) => creator.reason === reason);
  return [
    ...(has('unknown')
      ? ['Create the unknown creators, or correct their e-mail addresses in the file.']
      : []),
    ...(has('ambiguous') ? ['Name creators who share an e-mail address by their external id instead.'] : []),
  ];
}

function overlapAdvice({ problemCounts, outcome }: ImportReport): string[] {
  if (outcome === 'imported') return [];
  const has = (one: ProblemCode) => problemCounts.some(({ code }) => code === one);
  return [
    ...(has('overlap') ? ['Rows that overlap an earlier file were counted then: leave them out.'] : []),
    ...(has('period_overlap')
      ? [
          'Rows whose period shares days with an earlier statement may have been counted then: leave them out, ' +
            'or let them in with --allow-overlap if they are other earnings.',
        ]
      : []),
  ];
}

/** No row can be put right so that what an earlier file brought may be brought again. */
const canBePutRight = ({ code }: { code: ProblemCode }): boolean =>
  code !== 'overlap' && code !== 'period_overlap';

/** What overlaps nothing goes in; a statement that is there is never made twice. */
const LEFT_OUT = [
  'Put the rows that were left out right and import them in a file of their own. Whose creator has a',
  'statement of the same period by now: raise that by what they bring instead (upsertRoyaltyStatements).',
];

function goOn({ outcome, wouldBe, totals, problemCounts }: ImportReport): string[] {
  const canBeRight = problemCounts.some(canBePutRight);
  if (outcome === 'imported') return canBeRight ? LEFT_OUT : [];
  if (wouldBe === 'imported') return ['Import it: the same command without --dry-run.'];
  if (totals.goodRows === 0) return canBeRight ? ['Put the rows right and import the file again.'] : [];
  return [
    'Put the bad rows right and import the file again, or leave them out with --skip-bad ' +
      `(${plural(totals.goodRows, 'good row')}).`,
  ];
}
