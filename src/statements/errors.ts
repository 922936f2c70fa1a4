// What can keep a statement file or an alias from going in at all, as typed errors: each has a literal `code` and a
// message that says what to do. A single bad row is no error: it stands in the report (see row-error.ts).

export type StatementErrorCode =
  | 'UNKNOWN_FORMAT'
  | 'BAD_HEADER'
  | 'WRONG_CURRENCY'
  | 'UNREADABLE_FILE'
  | 'FILE_CHANGED'
  | 'TOTAL_CHANGED'
  | 'UNKNOWN_CREATOR'
  | 'AMBIGUOUS_CREATOR'
  | 'BAD_ALIAS'
  | 'ALIAS_TAKEN';

/** The base of all of them. */
export abstract class StatementError extends Error {
  abstract readonly code: StatementErrorCode;
}

/** No line near the file's start is a header that we know. */
export class UnknownFormatError extends StatementError {
  readonly code = 'UNKNOWN_FORMAT';
  /** The first line of the file, shortened; empty if the file is. */
  readonly found: string;
  constructor(found: string, known: readonly { title: string; knownBy: readonly string[] }[]) {
    const formats = known.map((format) => `  ${format.title}: ${format.knownBy.join(', ')}`).join('\n');
    const header = found === '' ? 'The file is empty.' : `The file begins with:\n  ${found}`;
    super(`This is no statement file that we know. ${header}\nKnown formats, by their columns:\n${formats}`);
    this.found = found;
  }
}

/** The format is known, but a column that it needs is missing or stands there twice. */
export class BadHeaderError extends StatementError {
  readonly code = 'BAD_HEADER';
  readonly columns: readonly string[];
  constructor(problem: string, columns: readonly string[]) {
    // Of a file that anybody may have written: it must not move the cursor of whoever reads the message.
    super(`${problem}. Columns found: ${columns.join(', ').replace(/[\p{Cc}\p{Cf}]+/gu, ' ')}`);
    this.columns = columns;
  }
}

/** The file's earnings are in another currency than the one that we pay in; nothing is converted. */
export class WrongCurrencyError extends StatementError {
  readonly code = 'WRONG_CURRENCY';
  constructor(title: string, fileCurrency: string, payoutCurrency: string) {
    super(
      `${title} reports ${fileCurrency.toUpperCase()}, but payouts are in ${payoutCurrency.toUpperCase()}. ` +
        'Convert the file to our own CSV format first.',
    );
  }
}

/** The file cannot be read, or its quotation marks hide where its rows end. */
export class UnreadableFileError extends StatementError {
  readonly code = 'UNREADABLE_FILE';
}

/** The file was written to while it was being read. */
export class FileChangedError extends StatementError {
  readonly code = 'FILE_CHANGED';
  constructor() {
    super('The file changed while it was being read; nothing went in. Try again when it is complete.');
  }
}

/** What was looked at before is not what the file would bring now: another import, or a name's new meaning, lies between. */
export class TotalChangedError extends StatementError {
  readonly code = 'TOTAL_CHANGED';
  readonly totalCents: string;
  constructor(totalCents: string) {
    super('The sum has changed since the file was looked at; nothing went in. Look at it again.');
    this.totalCents = totalCents;
  }
}

/** The message names no e-mail address, for it may end in a log. */
export class UnknownCreatorError extends StatementError {
  readonly code = 'UNKNOWN_CREATOR';
  constructor() {
    super('No creator has this e-mail address, external id or id.');
  }
}

export class AmbiguousCreatorError extends StatementError {
  readonly code = 'AMBIGUOUS_CREATOR';
  constructor() {
    super('More than one creator answers to this. Give the external id or the id instead.');
  }
}

/** A name that is empty, or that no file could contain. */
export class BadAliasError extends StatementError {
  readonly code = 'BAD_ALIAS';
  constructor() {
    super('An alias needs a name of visible characters.');
  }
}

/** The name leads to another creator already; only `replace` changes that. */
export class AliasTakenError extends StatementError {
  readonly code = 'ALIAS_TAKEN';
  readonly creatorId: string;
  constructor(name: string, creatorId: string, displayName: string) {
    super(`"${name}" stands for ${displayName} already. Say that it is to be replaced if that is wrong.`);
    this.creatorId = creatorId;
  }
}
