// What a control route is: a method, a path, a line of help, and a function from body to JSON.
import type { Core } from './core.js';

export interface ControlInput {
  core: Core;
  ids: Record<string, string>;
  /** The decoded JSON body; an empty object when none was sent. */
  body: unknown;
}

export interface ControlRoute {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** What it does and which fields its body takes. */
  help: string;
  /** Throws ControlError or ApiError for what cannot be done. */
  handle: (input: ControlInput) => unknown;
}
