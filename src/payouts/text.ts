// What Postgres takes as a text.

/**
 * No NUL, and no half of a character (a surrogate without its other one): that would be written as U+FFFD, so that texts
 * which differ would become the same one.
 */
export const isText = (text: string): boolean => !text.includes('\0') && !/\p{Cs}/u.test(text);
