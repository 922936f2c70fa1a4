// A stream over HTTP ends with the token that opened it. (A socket is closed as a whole: see websocket.ts.)

/** `setTimeout` fires at once for more than this. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The same entries until `at` (milliseconds since 1970); then `error`, and the end. */
export function until<T>(
  source: AsyncIterableIterator<T>,
  at: number,
  error: () => Error,
): AsyncIterableIterator<T> {
  const expire = () => void source.throw?.(error()).catch(() => undefined);
  const timer = setTimeout(expire, Math.min(at - Date.now(), LONGEST_TIMER_MS)).unref();
  const end = (): Promise<IteratorResult<T>> => {
    clearTimeout(timer);
    return source.return?.() ?? Promise.resolve({ value: undefined, done: true });
  };
  return {
    next: () => source.next(),
    return: end,
    throw: async (cause) => {
      await end();
      throw cause;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
