// What the address and the headers of an import ask for: the same words as the flags of the command.
import type { IncomingMessage } from 'node:http';
import { optionalReason } from '../../payouts/reason.js';
import type { ImportOptions } from '../../statements/import.js';
import { parametersOf } from '../parameters.js';
import { badInput, Refusal } from '../refusal.js';

export type Asked = Pick<
  ImportOptions,
  'dryRun' | 'skipBad' | 'allowOverlap' | 'expectedCents' | 'reason'
> & {
  fileName: string;
};

const PARAMETERS = ['dryRun', 'skipBad', 'allowOverlap', 'expectedCents', 'fileName', 'reason'] as const;

/** @throws Refusal */
export function askedBy(query: URLSearchParams): Asked {
  const { dryRun, skipBad, allowOverlap, expectedCents, fileName, reason } = parametersOf(query, PARAMETERS);
  return {
    dryRun: yesOrNo('dryRun', dryRun),
    skipBad: yesOrNo('skipBad', skipBad),
    allowOverlap: yesOrNo('allowOverlap', allowOverlap),
    expectedCents: expectedCents === undefined ? undefined : centsOf(expectedCents),
    fileName: nameOf(fileName ?? 'upload'),
    reason: reasonOf(reason),
  };
}

/** A `dryRun=1` that were taken for a no would import. */
function yesOrNo(name: string, text = 'false'): boolean {
  if (text !== 'true' && text !== 'false') throw badInput(`${name} is true or false.`);
  return text === 'true';
}

function centsOf(text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw badInput('expectedCents is a whole number of cents.');
}

const LONGEST_NAME = 255;

/** Without its folders, as the command tells it. */
function nameOf(text: string): string {
  const name = text.split(/[/\\]/).at(-1) ?? '';
  if (name !== '' && name.length <= LONGEST_NAME && !/[\p{Cc}\p{Cs}]/u.test(name)) return name;
  throw badInput('fileName is not the name of a file.');
}

function reasonOf(text: string | undefined): string | undefined {
  try {
    return optionalReason(text);
  } catch (error) {
    throw badInput((error as Error).message);
  }
}

/** None of them is what a form sends: a page of another origin cannot send these without asking first. */
const TYPES: ReadonlySet<string> = new Set([
  'text/csv',
  'text/tab-separated-values',
  'application/octet-stream',
]);

/** @throws Refusal where the body is of another kind, or says itself that it is too large */
export function assertTaken({ headers }: IncomingMessage, largestBytes: number): void {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!TYPES.has(type)) {
    throw new Refusal('UNSUPPORTED_MEDIA_TYPE', `The body is the file itself, as ${[...TYPES].join(', ')}.`);
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new Refusal('UNSUPPORTED_MEDIA_TYPE', 'The body is the file as it is, not packed.');
  }
  if (Number(headers['content-length'] ?? 0) > largestBytes) throw tooLarge(largestBytes);
}

export const tooLarge = (largestBytes: number): Refusal =>
  new Refusal('TOO_LARGE', `The file is larger than ${sizeOf(largestBytes)}, the most that is taken here.`);

const MEGABYTE = 1_000_000;

const sizeOf = (bytes: number) => (bytes < MEGABYTE ? `${bytes} bytes` : `${bytes / MEGABYTE} MB`);
