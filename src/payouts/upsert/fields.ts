// What a text of a row may be. Messages never repeat the value: an e-mail address must not end in a log.
import { invalid } from './rows.js';

/** Of the columns' texts, in characters. */
const LONGEST = 255;
/** Of an address in an envelope: RFC 5321. */
const LONGEST_EMAIL = 254;

const EMAIL =
  /^[^\s@<>()[\],;:"\\]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u;
const STRIPE_ACCOUNT = /^acct_\w{1,250}$/;
/** Control characters, and halves of characters, which Postgres does not take. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
/** What does not show: harmless in a name that joins letters, a disguise in an id or an address. */
const INVISIBLE = /\p{Cf}/u;

/** Exactly as it is given: ids are not mended. @throws InvalidInputError */
export function checkExternalId(path: readonly string[], externalId: string): string {
  checkPrintable(path, 'externalId', externalId);
  if (externalId === '' || externalId.length > LONGEST) {
    throw invalid(path, 'externalId', `must have 1 to ${LONGEST} characters`);
  }
  if (externalId !== externalId.trim() || INVISIBLE.test(externalId)) {
    throw invalid(path, 'externalId', 'must not begin or end with a blank, nor hold what does not show');
  }
  return externalId;
}

/** @returns it without blanks around it @throws InvalidInputError */
export function checkDisplayName(path: readonly string[], displayName: string): string {
  const name = displayName.trim();
  checkPrintable(path, 'displayName', name);
  if (name.replace(/\p{Cf}/gu, '') === '' || name.length > LONGEST) {
    throw invalid(path, 'displayName', `must have 1 to ${LONGEST} characters`);
  }
  return name;
}

/** @returns it without blanks around it @throws InvalidInputError */
export function checkEmail(path: readonly string[], email: string): string {
  const address = email.trim();
  checkPrintable(path, 'email', address);
  if (address.length > LONGEST_EMAIL) {
    throw invalid(path, 'email', `must have at most ${LONGEST_EMAIL} characters`);
  }
  if (!EMAIL.test(address) || INVISIBLE.test(address)) {
    throw invalid(path, 'email', 'is not an e-mail address like name@example.com');
  }
  return address;
}

/** Null and undefined are the caller's to tell apart. @throws InvalidInputError */
export function checkStripeAccountId<T extends string | null | undefined>(
  path: readonly string[],
  accountId: T,
): T {
  if (accountId != null && !STRIPE_ACCOUNT.test(accountId)) {
    throw invalid(path, 'stripeAccountId', 'is not the id of a connected account: acct_…');
  }
  return accountId;
}

/** Null and undefined are the caller's to tell apart. @returns as it is usually written @throws InvalidInputError */
export function checkLocale<T extends string | null | undefined>(path: readonly string[], locale: T): T {
  if (locale == null) return locale;
  const [canonical] = locale.length > LONGEST_LOCALE ? [] : canonicalLocales(locale);
  if (!canonical) throw invalid(path, 'locale', 'is not a locale such as de-DE');
  return canonical as T;
}

/** Longer ones say what nobody writes amounts by. */
const LONGEST_LOCALE = 35;

function canonicalLocales(locale: string): string[] {
  try {
    return Intl.getCanonicalLocales(locale);
  } catch {
    return [];
  }
}

function checkPrintable(path: readonly string[], field: string, text: string): void {
  if (UNPRINTABLE.test(text)) throw invalid(path, field, 'must not contain control characters');
}
