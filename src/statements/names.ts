// How names are compared that distributors spell differently from month to month.

/**
 * The key under which a name is looked up: NFKC, lower case, trimmed, single spaces. Folding it again changes
 * nothing. It joins spellings only, never different names: accents and punctuation stay.
 */
export function foldName(name: string): string {
  // Lower case can bring back what NFKC had composed, hence twice.
  const folded = name.normalize('NFKC').toLowerCase().normalize('NFKC');
  return folded.replace(/\s+/gu, ' ').trim();
}
