// Who asks. Every read goes through `visibleTo`, so that another's row and no row look the same.

export type Viewer =
  | { readonly role: 'ADMIN'; readonly sub: string }
  | { readonly role: 'CREATOR'; readonly sub: string; readonly creatorId: string };

/** Who a token belongs to, and until when (milliseconds since 1970). */
export interface Identity {
  viewer: Viewer;
  expiresAt: number;
}

/** The creator that the viewer's reads are limited to; null: no limit. */
export function scopeOf(viewer: Viewer): string | null {
  return viewer.role === 'ADMIN' ? null : viewer.creatorId;
}

/** Whether the viewer may know of a row that belongs to this creator. */
export function visibleTo(viewer: Viewer, creatorId: string): boolean {
  const scope = scopeOf(viewer);
  return scope === null || scope === creatorId;
}
