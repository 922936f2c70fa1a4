// Which web pages may speak to us from a browser: our own, and those of CORS_ORIGINS. What is not a browser sends no
// Origin, and is not held up by this.

/** @param host the request's Host header; @returns whether a page of this origin may speak to us */
export type AllowsOrigin = (origin: string | null | undefined, host: string | null | undefined) => boolean;

export function createAllowsOrigin(allowed: readonly string[]): AllowsOrigin {
  return (origin, host) => !origin || allowed.includes(origin) || hostOf(origin) === host?.toLowerCase();
}

/** Without the scheme, which a proxy in front may have changed. A browser's `null` has none. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
