// `totalCount` of the connections that Pothos makes: its own has no description. It still counts only when asked.

interface Counted {
  /** What the connection was given as `totalCount`. */
  totalCount?: () => number | Promise<number>;
}

/** The options of the field. */
export const TOTAL_COUNT = {
  description: 'How many there are on all pages; counted only when asked for.',
  // By this Pothos knows that a list of which nothing else is asked need not be read.
  extensions: { pothosPrismaTotalCount: true },
  resolve: (connection: object) => (connection as Counted).totalCount?.() ?? 0,
};
