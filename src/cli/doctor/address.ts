// What an address says of where it leads.

/** Whether it is this very machine. */
export const isLocal = (url: string): boolean =>
  /^(localhost|127\.[\d.]+|\[::1\]|0\.0\.0\.0)$/.test(new URL(url).hostname);
