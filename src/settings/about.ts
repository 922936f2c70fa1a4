// What the schema knows of a setting beside its form: the words for the table in the docs, and whether production needs it.
import { z } from 'zod';

export interface About {
  /** Markdown, one line. */
  meaning: string;
  /** What is so without it, where the schema itself has no default: `none` unless said. */
  otherwise?: string;
  /** Never shown to anybody, and rotated: docs/operations.md says how. */
  secret?: true;
  /** In production: true, or the words for what would do in its place. */
  required?: true | string;
}

/** Each setting's `About`; a setting without one is nobody's to set. */
export const settings = z.registry<About>();

/** The default as somebody would write it; null: there is none. */
export function defaultOf(schema: z.ZodType): string | null {
  const text = schema instanceof z.ZodPrefault ? schema.def.defaultValue : '';
  return typeof text === 'string' && text !== '' ? text : null;
}
