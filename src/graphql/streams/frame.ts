// What an entry of the log becomes for those who asked for the same fields of it: one result, written out once.
import type { ExecutionResult } from 'graphql';

/** Where a result has the frame that it is of; what copies the result copies it too, and JSON leaves it out. */
const FRAME = Symbol('frame');

export const frameBehind = (result: ExecutionResult): Frame | undefined =>
  (result as { [FRAME]?: Frame })[FRAME];

export interface Frame {
  /** The change that it tells of: where a reader goes on after it. */
  cursor: string;
  /** JSON. */
  body: string;
  /** The same as bytes, made when it is first sent. */
  readonly bytes: Buffer;
  result: ExecutionResult;
}

export function frameOf(cursor: string, result: ExecutionResult): Frame {
  const body = JSON.stringify(result);
  let bytes: Buffer | undefined;
  const frame: Frame = {
    cursor,
    body,
    result: { ...result },
    get bytes() {
      bytes ??= Buffer.from(body);
      return bytes;
    },
  };
  Object.assign(frame.result, { [FRAME]: frame });
  return frame;
}
