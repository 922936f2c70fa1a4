// How nested fields read their rows: all that are asked for at one moment by one query.

/**
 * Options of every loadable field. Nothing is kept: a request has several mutations and a subscription many events, and
 * each must be answered with what is true then. Loaders belong to a request, so that no two viewers ever share one.
 */
export const BATCHED = { loaderOptions: { cache: false } };
