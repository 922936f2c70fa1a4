// Takes out of Stripe's words what must not be kept or shown: keys, tokens, addresses, bank details. What is left says
// what went wrong all the same.
const SECRETS: readonly RegExp[] = [
  /\b(?:sk|rk|pk)_(?:live|test)_[\w*]+/g,
  /\bwhsec_\w+/g,
  /\bBearer\s+[\w.~+/=-]+/gi,
  /\beyJ[\w-]+\.[\w.-]+/g,
  // A login in an address.
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@\S*/gi,
  /[\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g,
  // An IBAN; the number of an account or a card.
  /\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g,
  /\b\d{9,}\b/g,
];

/** Postgres takes no NUL in a text. */
const NUL = /\0/g;

export function redact(words: string): string {
  return SECRETS.reduce((text, secret) => text.replace(secret, '[redacted]'), words.replace(NUL, ''));
}
