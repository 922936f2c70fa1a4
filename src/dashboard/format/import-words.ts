// Plain words for what an import says in codes.
export const FORMATS: Readonly<Record<string, string>> = {
  ascap: 'ASCAP',
  'ascap-international': 'ASCAP international',
  distrokid: 'DistroKid',
  'payouts-csv': 'Our own format',
  soundcloud: 'SoundCloud for Artists',
};

export const BAD_ROWS: Readonly<Record<string, string>> = {
  ambiguous_creator: 'Several creators go by this name',
  amount_too_large: 'More than a statement can be',
  bad_amount: 'The amount cannot be read',
  bad_creator: 'Nobody is named',
  bad_period: 'The period cannot be read',
  overlap: 'Imported before, from another file',
  period_overlap: 'Shares days with an earlier statement',
  unknown_creator: 'Nobody is known by this name',
  wrong_columns: 'Other columns than the header',
};

export const plural = (text: string, number: number, one: string, many = `${one}s`): string =>
  `${text} ${number === 1 ? one : many}`;
