// `totalCount` of the connections that `connect` makes; it counts only when asked.

interface Counted {
  totalCount: () => Promise<number>;
}

/** The options of the field. */
export const TOTAL_COUNT = {
  description: 'How many there are on all pages; counted only when asked for.',
  resolve: (connection: object) => (connection as Counted).totalCount(),
};
