// Finds the route of a method and path; `:name` in a pattern stands for one segment.

export interface Pattern {
  method: string;
  path: string;
}

export interface Match<R> {
  route: R;
  /** The segments that the pattern names, decoded. */
  ids: Record<string, string>;
}

export function findRoute<R extends Pattern>(
  routes: readonly R[],
  method: string,
  path: string,
): Match<R> | undefined {
  for (const route of routes) {
    const ids = route.method === method ? matchPath(route.path, path) : undefined;
    if (ids) return { route, ids };
  }
  return undefined;
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const ids: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = decode(given[index] ?? '');
    if (segment.startsWith(':') && value !== '') ids[segment.slice(1)] = value;
    else if (segment !== value) return undefined;
  }
  return ids;
}

// A malformed escape names nothing that exists.
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
