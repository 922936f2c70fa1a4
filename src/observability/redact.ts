// Takes out of words what must not be kept or shown: keys, tokens, addresses, bank details. What is left says what went
// wrong all the same.

/** Instead of what was taken out. */
export const REDACTED = '[redacted]';

/**
 * Each has an end that it cannot pass and a beginning of bounded length, so that no text, however long, takes long.
 * The first is kept: the end of an id may look like the number of an account.
 */
const PATTERNS: readonly RegExp[] = [
  /(?<kept>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)/,
  /\b(?:sk|rk|pk)_(?:live|test)_[\w*]+/,
  /\bwhsec_\w+/,
  /\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s+[\w.~+/=-]{6,}/,
  /\beyJ[\w-]+\.[\w.-]+/,
  // A login in an address.
  /\b[A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/[^\s/@]{1,400}@[^\s"'<>]*/,
  // Where Slack is told: who knows it may speak there.
  /\bhooks\.slack\.com\/[^\s"'<>]+/,
  /[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/,
  // An IBAN, together or in groups of four, in capitals as banks write it: ids of ours are small. The number of a card or an account.
  /\b[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)\b/,
  /\b\d{4}(?:[ -]\d{4}){2,3}(?:[ -]?\d{1,7})?\b/,
  /\b\d{9,}\b/,
];

const ANY = new RegExp(PATTERNS.map(({ source }) => source).join('|'), 'g');

/** Without what looks like a secret, wherever it stands in the text. */
export function redactText(text: string): string {
  return text.replace(ANY, (...found) => (found.at(-1) as { kept?: string }).kept ?? REDACTED);
}

/** Names of what is secret whatever it looks like; also as a part of a longer name. */
const SECRET_NAMES =
  /authori[sz]ation|token|secret|passw(?:or)?d|cookie|e-?mail|iban|signature|api[-_]?key|private[-_]?key|connection[-_]?string|(?:account|routing|card)[-_]?number|bank[-_]?account|^(?:dsn|jwt|cvc|cvv|pin|ssn)$/i;

/** Where Postgres quotes the values that it did not like. */
const QUOTING_NAMES: ReadonlySet<string> = new Set(['detail', 'where', 'internalQuery', 'parameters']);

export const isSecretName = (name: string): boolean => QUOTING_NAMES.has(name) || SECRET_NAMES.test(name);

/** What lies deeper is no news, and may have no end. */
const DEEPEST = 8;
const MOST_ENTRIES = 100;
const LONGEST_TEXT = 10_000;

/** A copy to be written out as JSON: no secret in it at any depth, nothing that goes in circles or on and on. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactLong(value);
  if (typeof value === 'number') return isLongNumber(value) ? REDACTED : value;
  if (typeof value === 'bigint') return redactText(String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '…';
  return redactObject(value, depth);
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return redactValue((value as { toJSON(): unknown }).toJSON(), depth + 1);
  }
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map((one) => redactValue(one, depth + 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries.slice(0, MOST_ENTRIES).map(([name, one]) => {
      const key = String(name);
      return [redactText(key), isSecretName(key) && !isNothing(one) ? REDACTED : redactValue(one, depth + 1)];
    }),
  );
}

/** An error with all that it carries, and those that caused it. */
function redactError(error: Error, depth: number): unknown {
  const { name, message, stack, cause } = error;
  return {
    type: error.constructor.name || name,
    message: redactLong(message),
    stack: redactLong(stack ?? ''),
    ...(redactValue({ ...error, name: undefined, cause: undefined }, depth + 1) as object),
    ...(cause !== undefined && { cause: redactValue(cause, depth + 1) }),
    ...(error instanceof AggregateError && { errors: redactValue(error.errors, depth + 1) }),
  };
}

const redactLong = (text: string) =>
  redactText(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} …` : text);

/** Nobody counts that far here; a card has 15 digits at least. */
const isLongNumber = (value: number) => Math.abs(value) >= 1e14;

const isNothing = (value: unknown) => value === null || value === undefined || value === false;
