// Whose figures a viewer gets: the one place that decides it, for summaries and analytics alike.
import { EVERYBODY } from '../rollup-figures.js';
import { scopeOf, type Viewer, visibleTo } from '../viewer.js';

/**
 * The scope to read: the creator asked for, else the viewer's own, else everybody's. Null for another's, which looks as
 * a creator that does not exist does.
 */
export function rollupScope(viewer: Viewer, creatorId?: string | null): string | null {
  const asked = creatorId ?? scopeOf(viewer);
  if (asked === null) return EVERYBODY;
  // Nobody's id, whatever a client or a token says.
  return asked !== EVERYBODY && visibleTo(viewer, asked) ? asked : null;
}

/** Of a statement whose $1 is the scope: no row where there is no such creator. */
export const SCOPE_EXISTS = `($1 = '${EVERYBODY}' OR EXISTS (SELECT FROM creators WHERE id = $1))`;

/** The creator that a scope stands for; null: all of them. */
export const creatorOf = (scope: string): string | null => (scope === EVERYBODY ? null : scope);
