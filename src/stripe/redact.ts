// Takes out of Stripe's words what must not be kept or shown, before they are stored anywhere.
import { redactText } from '../observability/redact.js';

/** Postgres takes no NUL in a text. */
const NUL = /\0/g;

export const redact = (words: string): string => redactText(words.replace(NUL, ''));
